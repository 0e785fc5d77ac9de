package luthier.tiny;

import luthier.autograd.Variable;
import luthier.autograd.ops.ConvolutionOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Parameter;
import luthier.nn.Projection;
import luthier.nn.Role;
import luthier.nn.init.Initializer;
import luthier.nn.layers.BatchNorm;
import luthier.nn.layers.Linear;
import luthier.tensor.Convolution;
import luthier.tensor.Shape;

/** A convolution, a batch norm and a head over the mean of its channels. {@code [N, 2, H, W] -> [N, 3]}. */
public final class TinyNet extends Layer {
    private final Conv conv = child("conv", new Conv());
    private final BatchNorm norm = child("bn", Role.NORM, new BatchNorm(4));
    private final Linear head = child("fc", Role.HEAD, new Linear(4, 3));

    public TinyNet() {}

    @Override
    protected Variable compute(Variable x, Context c) {
        return head.forward(norm.forward(conv.forward(x, c), c).relu().mean(2, 3), c);
    }

    public BatchNorm norm() {
        return norm;
    }

    /** A 3 x 3 convolution from 2 channels to 4. */
    private static final class Conv extends Layer implements Projection {
        private final Parameter weight = parameter("weight", Shape.of(4, 2, 3, 3), Initializer.uniform(0.3));

        @Override
        protected Variable compute(Variable x, Context c) {
            return ConvolutionOps.conv2d(x, weight.in(c), Convolution.Options.DEFAULT);
        }

        @Override
        public long inFeatures() {
            return weight.shape().size(1);
        }

        @Override
        public long outFeatures() {
            return weight.shape().size(0);
        }

        @Override
        public Parameter weight() {
            return weight;
        }
    }
}
