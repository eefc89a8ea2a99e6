/** The package's version, for the User-Agent header; a test holds it against package.json. */
export const PACKAGE_VERSION = '0.1.0';
