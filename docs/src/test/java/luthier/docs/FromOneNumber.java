package luthier.docs;

import java.util.List;
import java.util.function.UnaryOperator;
import luthier.autograd.Anomaly;
import luthier.autograd.AnomalyException;
import luthier.autograd.Backward;
import luthier.autograd.BackwardRule;
import luthier.autograd.Checkpoint;
import luthier.autograd.Formula;
import luthier.autograd.GradCheck;
import luthier.autograd.Gradients;
import luthier.autograd.Transforms;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.autograd.scalar.Value;
import luthier.autograd.view.GraphView;
import luthier.tensor.DType;
import luthier.tensor.Rng;
import luthier.tensor.Shape;
import luthier.tensor.Tensor;
import luthier.tensor.Updates;

/** The programs of the guide "From one number to tensors". */
final class FromOneNumber {
    private FromOneNumber() {}

    static void number() {
        // begin number
        Value w = Value.parameter(3);
        Value x = Value.parameter(2);
        Value b = Value.parameter(-1);
        Value y = w.mul(x).add(b);
        Value loss = y.mul(y).add(w);
        loss.backward();
        System.out.println(loss);
        System.out.println("dw " + w.grad() + ", dx " + x.grad() + ", db " + b.grad());
        // end number
    }

    static void neuron() {
        // begin neuron
        double[] xs = {-2, -1, 0, 1, 2};
        Value w = Value.parameter(0);
        Value b = Value.parameter(0);
        for (int step = 0; step <= 300; step++) {
            Value loss = Value.parameter(0);
            for (double x : xs) {
                double target = StrictMath.tanh(1.5 * x - 0.5);
                Value error = w.mul(Value.parameter(x)).add(b).tanh().sub(Value.parameter(target));
                loss = loss.add(error.mul(error));
            }
            w.zeroGrad();
            b.zeroGrad();
            loss.backward();
            if (step % 100 == 0) {
                System.out.println("step " + step + "  w " + rounded(w.value()) + "  b " + rounded(b.value()));
            }
            w = Value.parameter(w.value() - 0.2 * w.grad());
            b = Value.parameter(b.value() - 0.2 * b.grad());
        }
        // end neuron
    }

    private static double rounded(double x) {
        return StrictMath.rint(1000 * x) / 1000;
    }

    static void check() {
        // begin check
        Tensor point = Tensor.of(new double[] {3, 2, -1}, 3);
        GradCheck.Report report = GradCheck.check(
                in -> {
                    Variable y = in.get(0).mul(in.get(1)).add(in.get(2));
                    return y.mul(y).add(in.get(0));
                },
                point.select(0, 0),
                point.select(0, 1),
                point.select(0, 2));
        System.out.println(report.passed() + ", worst error below 1e-8: " + (report.worstError() < 1e-8));
        // end check
    }

    static void tensors() {
        // begin tensors
        Variable w = Variable.parameter(Tensor.scalar(3.0)).named("w");
        Variable x = Variable.constant(Tensor.scalar(2.0)).named("x");
        Variable b = Variable.parameter(Tensor.scalar(-1.0)).named("b");
        Variable y = w.mul(x).add(b).named("y");
        Variable loss = y.mul(y).add(w).named("loss");
        System.out.print(loss.explain());
        // end tensors
    }

    // begin cube
    /** y = x^3; dX = 3 x^2 dY. */
    static Variable cube(Variable x) {
        Tensor squared = x.value().mul(x.value());
        return Variable.record(squared.mul(x.value()), new Cube(x), x);
    }

    private record Cube(Variable x) implements BackwardRule {
        @Override
        public void backward(Variable dY, Gradients gradients) {
            gradients.set(0, dY.mul(x).mul(x).mul(3));
        }

        @Override
        public Formula formula() {
            return Formula.of("{0}^3", "3 * {0}^2 * {dY}");
        }
    }
    // end cube

    static void ownRule() {
        // begin own
        Variable x = Variable.parameter(Tensor.of(new double[] {1, 2}, 2));
        cube(x).sum().backward();
        System.out.println(x.grad().orElseThrow());
        GradCheck.check(in -> cube(in.get(0)), x.value()).assertPassed();
        GradCheck.checkSecondOrder(in -> cube(in.get(0)), x.value()).assertPassed();
        System.out.print(cube(x.named("x")).explain());
        // end own
    }

    static void broadcasting() {
        // begin broadcasting
        Variable x = Variable.constant(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2))
                .named("x");
        Variable b = Variable.parameter(Tensor.of(new float[] {10, 20}, 2)).named("b");
        Variable y = x.add(b);
        System.out.println(y.value());
        y.sum().backward();
        System.out.println(b.grad().orElseThrow());
        // end broadcasting
    }

    static void matmul() {
        // begin matmul
        Variable x =
                Variable.constant(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)).named("x");
        Variable w = Variable.parameter(Tensor.of(new float[] {1, -1}, 2, 1)).named("w");
        Tensor dY = Tensor.of(new float[] {1, 10}, 2, 1);
        System.out.print(GraphView.of(x.matmul(w), dY).text());
        // end matmul
    }

    static void network() {
        // begin network
        Variable x = Variable.constant(Tensor.of(new float[] {0, 0, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1}, 4, 3));
        Tensor xor = Tensor.of(new long[] {0, 1, 1, 0}, 4);
        Variable v = Variable.parameter(Rng.of(1).normal(DType.F32, Shape.of(3, 8), 0, 1));
        Variable w = Variable.parameter(Rng.of(2).normal(DType.F32, Shape.of(8, 2), 0, 1));
        for (int step = 0; step <= 200; step++) {
            Variable logits = x.matmul(v).tanh().matmul(w);
            Variable loss = LossOps.crossEntropy(logits, xor);
            loss.backward();
            if (step % 100 == 0) {
                System.out.println("step " + step + "  loss " + rounded(loss.item()));
            }
            for (Variable parameter : List.of(v, w)) {
                Updates.addInPlace(
                        parameter.value(), parameter.grad().orElseThrow().mul(-0.5));
                parameter.zeroGrad();
            }
        }
        // end network
    }

    static void second() {
        // begin second
        UnaryOperator<Variable> f = x -> x.mul(x).mul(x).sum();
        Tensor x = Tensor.of(new double[] {1, 2}, 2);
        Tensor u = Tensor.of(new double[] {1, 0}, 2);
        System.out.println(Transforms.grad(f, x)); // 3 x^2
        System.out.println(Transforms.hessian(f, x)); // 6 x on the diagonal
        System.out.println(Transforms.hvp(f, x, u).product()); // its first column, without it
        Variable p = Variable.parameter(x);
        Variable dx = Backward.fromScalar(f.apply(p)).createGraph().gradients(p).get(0);
        System.out.println(Backward.fromScalar(dx.sum()).gradients(p).get(0).value());
        // end second
    }

    static void checkpoint() {
        // begin checkpoint
        Variable x = Variable.parameter(Tensor.of(new float[] {1, 2}, 2));
        Variable y = Checkpoint.of(in -> in.get(0).square().square(), x);
        System.out.println(y.operation() + " keeps " + y.inputCount() + " input");
        y.sum().backward();
        System.out.println(x.grad().orElseThrow());
        // end checkpoint
    }

    static void anomaly() {
        // begin anomaly
        Variable x = Variable.parameter(Tensor.of(new float[] {1, -1}, 2)).named("x");
        try {
            Anomaly.detect(() -> x.log());
        } catch (AnomalyException e) {
            System.out.println(e.getMessage());
        }
        // end anomaly
    }

    static String picture() {
        return view().svg();
    }

    private static GraphView view() {
        // begin picture
        Variable w = Variable.parameter(Tensor.scalar(3.0)).named("w");
        Variable x = Variable.constant(Tensor.scalar(2.0)).named("x");
        Variable b = Variable.parameter(Tensor.scalar(-1.0)).named("b");
        Variable y = w.mul(x).add(b).named("y");
        GraphView view = GraphView.of(y.mul(y).add(w).named("loss"));
        GraphView.Node node = view.node("w");
        System.out.println(node.gradient().orElseThrow());
        node.contributions()
                .forEach(part -> System.out.println(part.rule() + " = " + part.numbers() + ", so far " + part.sum()));
        // end picture
        return view;
    }

    static void show() {
        view();
    }
}
