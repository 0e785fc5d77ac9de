/** Looks at the pages that modules write, in a real browser. */
package luthier.browser;
