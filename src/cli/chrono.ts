/**
 * Times in English words. Only this file imports chrono-node, where a time is given; the build puts its English into the
 * package, 100 KB of the 9 MB that it brings (docs/decisions/0004-libraries.md).
 */
export { casual } from 'chrono-node/en';
