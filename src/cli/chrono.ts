/**
 * Times in English words. Only this file imports chrono-node, and the build bundles it: of the 9 MB that it brings, this is the 100 KB that is used (docs/decisions/0004-libraries.md).
 */
export { casual } from 'chrono-node/en';
