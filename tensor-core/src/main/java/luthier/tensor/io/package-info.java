/** File formats: strict JSON, safetensors and the weights inside ONNX files. */
package luthier.tensor.io;
