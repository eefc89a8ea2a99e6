/** The package's version, for the User-Agent header; a test compares it with package.json. */
export const PACKAGE_VERSION = '0.1.0';
