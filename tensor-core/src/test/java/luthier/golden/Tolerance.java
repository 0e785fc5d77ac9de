package luthier.golden;

import luthier.tensor.DType;
import luthier.tensor.Tensor;
import luthier.tensor.io.JsonValue;
import luthier.tensor.io.JsonValue.JsonObject;
import luthier.tensor.io.JsonValue.JsonString;

/** How far a result may lie from its reference: |got - reference| <= atol + rtol |reference|, element by element. */
public record Tolerance(double atol, double rtol) {
    /** Reads the pair for a precision out of a case's table, {@code tol.<name>.f32}; the word {@code exact} allows nothing. */
    public static Tolerance of(JsonObject table, String name, DType dtype) {
        JsonValue entry = table.get(name);
        if (entry instanceof JsonString) {
            return new Tolerance(0, 0);
        }
        JsonObject pair = entry.asObject()
                .find(dtype == DType.F64 ? "f64" : "f32")
                .orElseThrow(() -> new NotCovered("no tolerance of " + name + " in " + dtype))
                .asObject();
        return new Tolerance(pair.get("atol").asDouble(), pair.get("rtol").asDouble());
    }

    /** Fails with the worst element if a result is too far from its reference. */
    public void assertClose(String what, Tensor reference, Tensor got) {
        if (!got.shape().equals(reference.shape())) {
            throw new AssertionError(what + ": the shape must be " + reference.shape() + "; got " + got.shape());
        }
        double[] expected = reference.toDoubleArray();
        double[] actual = got.toDoubleArray();
        int worst = -1;
        double worstShare = 1;
        for (int i = 0; i < expected.length; i++) {
            boolean same = Double.compare(expected[i], actual[i]) == 0;
            double allowed = atol + rtol * Math.abs(expected[i]);
            double share = same ? 0 : Math.abs(actual[i] - expected[i]) / allowed;
            if (Double.isNaN(share) || share > worstShare) {
                worst = i;
                worstShare = Double.isNaN(share) ? Double.POSITIVE_INFINITY : share;
            }
        }
        if (worst >= 0) {
            throw new AssertionError(what + ": element " + worst + " of " + got.shape() + " must be " + expected[worst]
                    + " within " + (atol + rtol * Math.abs(expected[worst])) + "; got " + actual[worst]);
        }
    }
}
