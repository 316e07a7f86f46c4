/** Nothing: what it takes to import a file at all (questions/start-up.mjs). */
