package luthier.autograd.ops;

import java.util.function.UnaryOperator;
import luthier.autograd.BackwardRule;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Tensor;

/**
 * The rule of y = L x for a linear map L between values that has its adjoint at hand: dX = L^T dY, whose own derivative is L again, and so
 * on at every order. Nothing of x is saved.
 */
record LinearMap(String operation, UnaryOperator<Tensor> map, UnaryOperator<Tensor> adjoint)
        implements BackwardRule.ReadsNothing {
    private static final String ADJOINT = "Adjoint";

    /** Returns L x. */
    Variable apply(Variable x) {
        return apply("x", x, Fit.ANY);
    }

    /** Returns L x of an operand that has a name and a rule of its own. */
    Variable apply(String name, Variable x, Fit fit) {
        return Variable.record(Misfit.explained(name, x, fit, map), this, x);
    }

    @Override
    public void backward(Variable dY, Gradients gradients) {
        gradients.set(0, adjointMap().apply(dY));
    }

    private LinearMap adjointMap() {
        String turned = operation.endsWith(ADJOINT)
                ? operation.substring(0, operation.length() - ADJOINT.length())
                : operation + ADJOINT;
        return new LinearMap(turned, /* map= */ adjoint, /* adjoint= */ map);
    }
}
