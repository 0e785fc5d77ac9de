/** Variables, the tape and backward. */
package luthier.autograd;
