/** Stands for node:module in a page, which has none of Node's modules: each is empty. */
export const createRequire = () => () => ({});
