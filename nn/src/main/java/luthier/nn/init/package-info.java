/** First values of parameters. */
package luthier.nn.init;
