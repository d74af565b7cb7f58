/**
 * Times in English words. Only this file imports chrono-node, where a time is given; the build puts its code into the package: of
 */
export { casual } from 'chrono-node/en';
