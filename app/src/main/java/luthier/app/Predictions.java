package luthier.app;

import java.util.stream.IntStream;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.finetune.train.DivergedException;
import luthier.nn.Context;
import luthier.nn.data.TokenBatch;
import luthier.nn.models.bert.BertClassifier;
import luthier.tensor.Pool;
import luthier.tensor.Softmax;
import luthier.tensor.Tensor;

/** Class probabilities of every example of a data set, {@code [examples][classes]}, and what follows from them. */
record Predictions(float[][] probabilities, int[] labels) {
    static Predictions of(BertClassifier model, SupersenseData data) {
        float[][] probabilities = new float[data.size()][];
        Pool memory = new Pool();
        for (int b = 0; b < data.batchesPerEpoch(); b++) {
            int[] indices = data.indices(0, b);
            TokenBatch batch = data.batch(0, b);
            float[][] rows = memory.scope(() -> probabilities(model, batch));
            for (int i = 0; i < indices.length; i++) {
                probabilities[indices[i]] = rows[i];
            }
        }
        int[] labels = IntStream.range(0, data.size()).map(data::label).toArray();
        return new Predictions(probabilities, labels);
    }

    /** Returns the class probabilities of a batch's rows. */
    static float[][] probabilities(BertClassifier model, TokenBatch batch) {
        Tensor p = Grad.disabled(() -> Softmax.softmax(
                model.forward(
                                Variable.constant(batch.ids()),
                                Context.inference().withMask(batch.mask()))
                        .value(),
                -1));
        float[] flat = p.toFloatArray();
        for (float probability : flat) {
            if (!Float.isFinite(probability)) {
                throw new DivergedException("predict: probabilities must be finite; got " + probability
                        + "; the model has diverged or its weights are damaged: lower the learning rate");
            }
        }
        int classes = Math.toIntExact(p.size(1));
        float[][] rows = new float[batch.size()][classes];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(flat, i * classes, rows[i], 0, classes);
        }
        return rows;
    }

    /** Returns the classes of one example by falling probability; equal ones by number. */
    int[] ranking(int example) {
        float[] p = probabilities[example];
        return IntStream.range(0, p.length)
                .boxed()
                .sorted((a, b) -> Float.compare(p[b], p[a]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    boolean correct(int example) {
        return ranking(example)[0] == labels[example];
    }

    double accuracy() {
        long right = IntStream.range(0, labels.length).filter(this::correct).count();
        return (double) right / labels.length;
    }

    /** Returns counts by true and predicted class. */
    int[][] confusion(int classes) {
        int[][] counts = new int[classes][classes];
        for (int i = 0; i < labels.length; i++) {
            counts[labels[i]][ranking(i)[0]]++;
        }
        return counts;
    }
}
