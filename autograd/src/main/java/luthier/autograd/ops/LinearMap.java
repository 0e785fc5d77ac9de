package luthier.autograd.ops;

import java.util.function.UnaryOperator;
import luthier.autograd.BackwardRule;
import luthier.autograd.Formula;
import luthier.autograd.Gradients;
import luthier.autograd.Variable;
import luthier.tensor.Tensor;

/**
 * The rule of y = L x for a linear map L between values that has its adjoint at hand: dX = L^T dY, whose own derivative is L again, and so
 * on at every order. Nothing of x is saved. Name and formula are those of L, also where this is the map L^T.
 */
record LinearMap(
        String name, Formula straight, boolean turned, UnaryOperator<Tensor> map, UnaryOperator<Tensor> adjoint)
        implements BackwardRule.ReadsNothing {
    LinearMap(String name, Formula straight, UnaryOperator<Tensor> map, UnaryOperator<Tensor> adjoint) {
        this(name, straight, false, map, adjoint);
    }

    /** Returns L x. */
    Variable apply(Variable x) {
        return apply("x", x);
    }

    /** Returns L x of an operand that has a name of its own. */
    Variable apply(String operand, Variable x) {
        return Variable.record(Misfit.explained(operand, x, map), this, x);
    }

    @Override
    public void backward(Variable dY, Gradients gradients) {
        gradients.set(0, new LinearMap(name, straight, !turned, /* map= */ adjoint, /* adjoint= */ map).apply(dY));
    }

    @Override
    public Formula formula() {
        return turned ? Formula.of("L^T {n0}, L = " + name, "L {ndY}, L = " + name) : straight;
    }

    @Override
    public String operation() {
        return turned ? name + "Adjoint" : name;
    }
}
