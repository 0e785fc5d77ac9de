/** Small models, a cache and adapters that tests of several modules share. */
package luthier.tiny;
