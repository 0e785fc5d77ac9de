/** The command line. */
package luthier.app;
