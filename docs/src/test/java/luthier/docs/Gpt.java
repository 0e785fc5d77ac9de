package luthier.docs;

// begin gpt
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.Seed;
import luthier.nn.layers.Embedding;
import luthier.nn.layers.LayerNorm;
import luthier.nn.layers.Linear;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.tensor.Creation;
import luthier.tensor.DType;
import luthier.tensor.Tensor;

/** Letters in, scores of the next letter out: {@code ids I64 [B, T] -> logits [B, T, letters]}. */
final class Gpt extends Layer {
    static final long WIDTH = 32;
    static final long HEADS = 4;
    final Embedding letter;
    final Embedding place;
    final Block first;
    final Block second;
    final Linear head;

    Gpt(long letters, long context) {
        letter = child("letter", new Embedding(letters, WIDTH));
        place = child("place", new Embedding(context, WIDTH));
        first = child("first", new Block());
        second = child("second", new Block());
        head = child("head", new Linear(WIDTH, letters));
    }

    @Override
    protected Variable compute(Variable ids, Context c) {
        Variable places = Variable.constant(Creation.arange(0, ids.size(1), 1));
        Variable x = letter.forward(ids, c).add(place.forward(places, c));
        return head.forward(second.forward(first.forward(x, c), c), c);
    }

    static final class Block extends Layer {
        final LayerNorm before;
        final Linear qkv;
        final Linear out;
        final LayerNorm between;
        final Linear up;
        final Linear down;

        Block() {
            before = child("before", new LayerNorm(WIDTH, 1e-5));
            qkv = child("qkv", new Linear(WIDTH, 3 * WIDTH));
            out = child("out", new Linear(WIDTH, WIDTH));
            between = child("between", new LayerNorm(WIDTH, 1e-5));
            up = child("up", new Linear(WIDTH, 4 * WIDTH));
            down = child("down", new Linear(4 * WIDTH, WIDTH));
        }

        @Override
        protected Variable compute(Variable x, Context c) {
            Variable y = x.add(attention(before.forward(x, c), c));
            return y.add(down.forward(up.forward(between.forward(y, c), c).gelu(), c));
        }

        /** softmax(Q K^T / sqrt(d) + what may be seen) V, a head at a time. */
        private Variable attention(Variable x, Context c) {
            long t = x.size(1);
            Variable parts =
                    qkv.forward(x, c).reshape(-1, t, 3, HEADS, WIDTH / HEADS).permute(2, 0, 3, 1, 4);
            Variable q = parts.select(0, 0);
            Variable k = parts.select(0, 1);
            Variable v = parts.select(0, 2); // [B, heads, T, d]
            Tensor row = Creation.arange(0, t, 1);
            Tensor later = row.sub(row.unsqueeze(1)).greater(0).to(DType.F32).mul(-1e9); // hides what comes later
            Variable scores = q.matmul(k.transpose(2, 3)).mul(Math.sqrt((double) HEADS / WIDTH));
            Variable seen = scores.add(Variable.constant(later)).softmax(-1).matmul(v);
            return out.forward(seen.transpose(1, 2).reshape(-1, t, WIDTH), c);
        }
    }

    static void main() {
        String text = "the cat sat on the mat; the dog sat on the log. ";
        long[] ids = text.chars().mapToLong(letter -> letter).toArray();
        Variable in = Variable.constant(Tensor.of(ids, 1, ids.length).slice(1, 0, ids.length - 1));
        Tensor next = Tensor.of(ids, ids.length).slice(0, 1, ids.length);
        Gpt model = new Gpt(128, ids.length);
        model.initialize(Seed.of(1));
        Optimizer optimizer = new Optimizer(AdamW.USUAL, model.parameters(), 0.01);
        for (int step = 0; step <= 100; step++) {
            optimizer.zeroGrad();
            Variable loss =
                    LossOps.crossEntropy(model.forward(in, Context.inference()).reshape(-1, 128), next);
            loss.backward();
            optimizer.step(0.003);
            if (step % 50 == 0) {
                System.out.printf("step %d: loss %.3f%n", step, loss.item());
            }
        }
        StringBuilder said = new StringBuilder("the dog");
        while (said.length() < ids.length - 1) {
            long[] sofar = said.chars().mapToLong(letter -> letter).toArray();
            Variable logits = model.forward(Variable.constant(Tensor.of(sofar, 1, sofar.length)), Context.inference());
            said.append((char) logits.select(1, -1).value().argmax(-1).item());
        }
        System.out.println(said);
    }
}
// end gpt
