/** How long what voters write may be. Apart from the decisions, so that schemas need not load those. */

export const fewestOptions = 2;
export const mostOptions = 20;
/** Characters. */
export const longestQuestion = 2_000;
export const longestOption = 200;
/** Characters; the sealed ballot bounds its bytes. */
export const longestReasoning = 8_000;
