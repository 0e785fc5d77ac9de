/** Reference numbers made with PyTorch, and how to compare with them; shared by the tests of every module. */
package luthier.golden;
