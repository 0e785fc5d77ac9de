package luthier.tensor;

/** What {@link ExactnessProgram} runs element by element. */
final class ExactnessElements {
    private ExactnessElements() {}

    static void addTo(ExactnessProgram program) {
        functions(program);
        activations(program);
        arithmetic(program);
        numbers(program);
        comparisons(program);
        updates(program);
    }

    private static void functions(ExactnessProgram program) {
        program.unary("Elementary.exp", Elementary::exp);
        program.unary("Elementary.exp2", Elementary::exp2);
        program.unary("Elementary.expm1", Elementary::expm1);
        program.unary("Elementary.log", Elementary::log);
        program.unary("Elementary.log2", Elementary::log2);
        program.unary("Elementary.log1p", Elementary::log1p);
        program.unary("Elementary.sin", Elementary::sin);
        program.unary("Elementary.cos", Elementary::cos);
        program.unary("Elementary.tan", Elementary::tan);
        program.unary("Elementary.asin", Elementary::asin);
        program.unary("Elementary.acos", Elementary::acos);
        program.unary("Elementary.atan", Elementary::atan);
        program.unary("Elementary.sinh", Elementary::sinh);
        program.unary("Elementary.cosh", Elementary::cosh);
        program.unary("Elementary.tanh", Elementary::tanh);
        program.unary("Elementary.erf", Elementary::erf);
        program.binary("Elementary.atan2", Elementary::atan2);
        program.binary("Elementary.logaddexp", Elementary::logaddexp);
        program.binary("Elementary.xlogy", Elementary::xlogy);
    }

    private static void activations(ExactnessProgram program) {
        program.unary("Activation.relu", Activation::relu);
        program.unary("Activation.relu6", Activation::relu6);
        program.unary("Activation.hardSigmoid", Activation::hardSigmoid);
        program.unary("Activation.hardSwish", Activation::hardSwish);
        program.unary("Activation.softsign", Activation::softsign);
        program.unary("Activation.sigmoid", Activation::sigmoid);
        program.unary("Activation.logSigmoid", Activation::logSigmoid);
        program.unary("Activation.silu", Activation::silu);
        program.unary("Activation.mish", Activation::mish);
        program.unary("Activation.gelu", Activation::gelu);
        program.binary("Activation.geluBackward", Activation::geluBackward);
        program.unary("Activation.geluTanh", Activation::geluTanh);
        program.binary("Activation.sigmoidBackward", Activation::sigmoidBackward);
        program.binary("Activation.geluTanhBackward", Activation::geluTanhBackward);
        program.unary("Activation.softplus", Activation::softplus);
        program.unary("Activation.softplus, beta", x -> Activation.softplus(x, 1.7, 20));
        program.unary("Activation.leakyRelu", x -> Activation.leakyRelu(x, 0.1));
        program.unary("Activation.prelu", x -> Activation.prelu(x, Tensor.full(x.dtype(), 0.3, Shape.of(1))));
        program.add(
                "Activation.prelu, channels",
                () -> Activation.prelu(program.matrix, program.normal("slopes", 1, program.size.columns)));
        program.unary("Activation.elu", x -> Activation.elu(x, 1.3));
        program.unary("Activation.selu", Activation::selu);
    }

    private static void arithmetic(ExactnessProgram program) {
        program.binary("Elementwise.add", Elementwise::add);
        program.binary("Elementwise.sub", Elementwise::sub);
        program.binary("Elementwise.mul", Elementwise::mul);
        program.binary("Elementwise.div", Elementwise::div);
        program.binary("Selection.maximum", Selection::maximum);
        program.binary("Selection.minimum", Selection::minimum);
        program.binary("Rounding.remainder", Rounding::remainder);
        program.binary("Rounding.floorDivide", Rounding::floorDivide);
        program.binary("Rounding.truncDivide", Rounding::truncDivide);
        program.binary("Elementwise.pow", Elementwise::pow);
        program.binary("Elementwise.lerp", (a, b) -> Elementwise.lerp(a, b, 0.3));
        program.binary("Elementwise.lerp, tensor", (a, b) -> Elementwise.lerp(a, b, b));
        program.binary("Elementwise.addScaled", (a, b) -> Elementwise.addScaled(a, b, 0.7));
        program.binary("Selection.clamp, tensors", (a, b) -> Selection.clamp(a, b, Elementwise.add(b, 1)));
        program.unary("Elementwise.neg", Elementwise::neg);
        program.unary("Selection.abs", Selection::abs);
        program.unary("Selection.sign", Selection::sign);
        program.unary("Elementwise.square", Elementwise::square);
        program.unary("Rounding.floor", Rounding::floor);
        program.unary("Rounding.ceil", Rounding::ceil);
        program.unary("Rounding.round", Rounding::round);
        program.unary("Rounding.trunc", Rounding::trunc);
        program.unary("Elementwise.sqrt", Elementwise::sqrt);
        program.unary("Elementwise.rsqrt", Elementwise::rsqrt);
        program.unary("Elementwise.reciprocal", Elementwise::reciprocal);
    }

    private static void numbers(ExactnessProgram program) {
        program.unary("Elementwise.add, number", x -> Elementwise.add(x, 0.1));
        program.unary("Elementwise.sub, number", x -> Elementwise.sub(x, 0.1));
        program.unary("Elementwise.sub, from number", x -> Elementwise.sub(0.1, x));
        program.unary("Elementwise.mul, number", x -> Elementwise.mul(x, 0.1));
        program.unary("Elementwise.div, number", x -> Elementwise.div(x, 0.1));
        program.unary("Elementwise.div, of number", x -> Elementwise.div(0.1, x));
        program.unary("Selection.maximum, number", x -> Selection.maximum(x, 0.1));
        program.unary("Selection.minimum, number", x -> Selection.minimum(x, 0.1));
        program.unary("Rounding.remainder, number", x -> Rounding.remainder(x, 0.3));
        program.unary("Rounding.floorDivide, number", x -> Rounding.floorDivide(x, 0.3));
        program.unary("Rounding.truncDivide, number", x -> Rounding.truncDivide(x, 0.3));
        program.unary("Selection.clamp", x -> Selection.clamp(x, -1, 1.5));
        program.unary("Elementwise.pow, 3", x -> Elementwise.pow(x, 3));
        program.unary("Elementwise.pow, 0.3", x -> Elementwise.pow(x, 0.3));
        program.unary("Elementwise.pow, of number", x -> Elementwise.pow(1.3, x));
        Tensor a = program.integers("a", -50, 50, program.size.elements);
        Tensor b = program.integers("b", 1, 9, program.size.elements);
        for (DType type : new DType[] {DType.I64, DType.I32}) {
            Tensor i = a.to(type);
            Tensor j = b.to(type);
            program.add("Elementwise.mul, " + type, () -> Elementwise.mul(i, j));
            program.add("Rounding.remainder, " + type, () -> Rounding.remainder(i, j));
            program.add("Elementwise.pow, " + type, () -> Elementwise.pow(i, j));
            program.add("Selection.maximum, " + type, () -> Selection.maximum(i, j));
        }
    }

    private static void comparisons(ExactnessProgram program) {
        program.binary("Comparison.less", Comparison::less);
        program.binary("Comparison.lessEqual", Comparison::lessEqual);
        program.binary("Comparison.greater", Comparison::greater);
        program.binary("Comparison.greaterEqual", Comparison::greaterEqual);
        program.binary("Comparison.equal", Comparison::equal);
        program.binary("Comparison.notEqual", Comparison::notEqual);
        program.unary("Comparison.less, number", x -> Comparison.less(x, 0.1));
        program.unary("Comparison.lessEqual, number", x -> Comparison.lessEqual(x, 0.1));
        program.unary("Comparison.greater, number", x -> Comparison.greater(x, 0.1));
        program.unary("Comparison.greaterEqual, number", x -> Comparison.greaterEqual(x, 0.1));
        program.unary("Comparison.equal, number", x -> Comparison.equal(x, -0.0));
        program.unary("Comparison.notEqual, number", x -> Comparison.notEqual(x, 1));
        program.unary("Comparison.isNaN", Comparison::isNaN);
        program.binary("Comparison.isClose", (a, b) -> Comparison.isClose(a, b, 0.1, 0.5));
        program.binary("Comparison.isClose, NaN", (a, b) -> Comparison.isClose(a, b, 0.1, 0.5, true));
        program.add("Comparison.allClose", () -> Comparison.allClose(program.matrix, program.matrix, 0, 0));
        program.unary("Comparison.isInf", Comparison::isInf);
        program.unary("Comparison.isFinite", Comparison::isFinite);
        Tensor p = program.truths("p", program.size.elements);
        Tensor q = program.truths("q", program.size.elements);
        program.add("Comparison.logicalAnd", () -> Comparison.logicalAnd(p, q));
        program.add("Comparison.logicalOr", () -> Comparison.logicalOr(p, q));
        program.add("Comparison.logicalXor", () -> Comparison.logicalXor(p, q));
        program.add("Comparison.logicalNot", () -> Comparison.logicalNot(p));
        program.binary("Selection.where", (a, b) -> Selection.where(Comparison.less(a, b), a, b));
        program.unary("Selection.maskedFill", x -> Selection.maskedFill(x, Comparison.greater(x, 0.5), 7));
    }

    private static void updates(ExactnessProgram program) {
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            Tensor x = (type == DType.F32 ? program.matrix : program.wideMatrix);
            program.add("Updates.adamWInPlace, " + type, () -> {
                Tensor parameter = x.copy();
                Tensor m = Elementwise.mul(x, 0.3);
                Tensor v = Elementwise.square(x);
                Updates.adamWInPlace(parameter, Elementwise.neg(x), m, v, 0.01, 0.9, 0.999, 1e-8, 0.1, 3);
                return java.util.List.of(parameter, m, v);
            });
            program.add("Updates.scaleInPlace, " + type, () -> {
                Tensor to = x.copy();
                Updates.scaleInPlace(to, 0.7);
                return to;
            });
            program.add("Updates.addInPlace, " + type, () -> {
                Tensor to = x.copy();
                Updates.addInPlace(to, Elementary.exp(x));
                return to;
            });
        }
    }
}
