package luthier.finetune.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import luthier.autograd.Grad;
import luthier.autograd.Variable;
import luthier.autograd.ops.LossOps;
import luthier.finetune.Methods;
import luthier.finetune.Tuning;
import luthier.finetune.method.Adaptation;
import luthier.finetune.method.Config;
import luthier.finetune.method.Method;
import luthier.finetune.task.Metric;
import luthier.nn.Context;
import luthier.nn.Seed;
import luthier.nn.models.bert.BertClassifier;
import luthier.nn.optim.AdamW;
import luthier.nn.optim.Optimizer;
import luthier.tensor.Indexing;
import luthier.tensor.Rng;
import luthier.tensor.Tensor;
import luthier.tensor.io.Safetensors;

/** One process's part of a {@link TinyRun}: it goes on from the newest checkpoint and ends as it is told. */
final class TinySession {
    private final TinyRun run;
    private final Map<String, String> options;
    private final long until;
    private final TinyRun.End end;
    private final List<Long> steps = new ArrayList<>();

    private Optional<MetricsLog> log = Optional.empty();
    private Optional<Trainer<Rows>> trainer = Optional.empty();
    private long from;
    private long total;
    private long doing;
    private TrainingEvent.Reason reason = TrainingEvent.Reason.STOPPED;

    TinySession(TinyRun run, Map<String, String> options, long until, TinyRun.End end) {
        this.run = run;
        this.options = options;
        this.until = until;
        this.end = end;
    }

    /** Lines as ids of letters [n, 12] and labels [n]. */
    private record Rows(Tensor ids, Tensor labels) {
        static Rows of(Path file) throws IOException {
            List<String> lines = Files.readAllLines(file);
            long[] ids = new long[lines.size() * TinyRun.LINE];
            long[] labels = new long[lines.size()];
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                for (int j = 0; j < TinyRun.LINE; j++) {
                    ids[i * TinyRun.LINE + j] = line.charAt(j) - 'a';
                }
                labels[i] = line.endsWith("many") ? 1 : 0;
            }
            return new Rows(Tensor.of(ids, labels.length, TinyRun.LINE), Tensor.of(labels, labels.length));
        }

        int size() {
            return (int) labels.elementCount();
        }

        Rows at(int[] order, int first, int past) {
            long[] indices = new long[past - first];
            for (int i = first; i < past; i++) {
                indices[i - first] = order[i];
            }
            Tensor index = Tensor.of(indices, indices.length);
            return new Rows(Indexing.indexSelect(ids, 0, index), Indexing.indexSelect(labels, 0, index));
        }
    }

    /** The rows in an order of the seed and the epoch. */
    private final class Data implements TrainingData<Rows> {
        private final Rows all = Rows.of(run.data);
        private final int batchSize = number("batch-size");
        private final Rng rng = Rng.of(number("seed")).split("order");

        Data() throws IOException {}

        @Override
        public int batchesPerEpoch() {
            return Math.ceilDiv(all.size(), batchSize);
        }

        @Override
        public Rows batch(int epoch, int index) {
            int first = index * batchSize;
            int past = Math.min(all.size(), first + batchSize);
            return all.at(rng.split(epoch).permutation(all.size()), first, past);
        }

        @Override
        public int examples(Rows batch) {
            return batch.size();
        }
    }

    private int number(String name) {
        return Integer.parseInt(TinyRun.get(options, name));
    }

    private double decimal(String name) {
        return Double.parseDouble(TinyRun.get(options, name));
    }

    TinyRun.Session run(CheckpointFolder checkpoints, RunIdentity identity, Runnable meanwhile) throws IOException {
        List<String> notes = new ArrayList<>();
        Optional<CheckpointFolder.Ending> ended = CheckpointFolder.ended(run.checkpoints());
        if (ended.isPresent()) {
            notes.add(ended.get().early() ? "the run has ended early" : "the run is finished");
            return session(notes);
        }
        CheckpointFolder.Found found = checkpoints.resume(identity);
        notes.addAll(found.notes());
        if (found.checkpoint().isEmpty()) {
            notes.add("beginning anew: there is no checkpoint");
        }
        meanwhile.run();
        long logBytes = found.checkpoint()
                .map(checkpoint -> checkpoint.state().logBytes())
                .orElse(0L);
        try (MetricsLog opened = MetricsLog.open(run.log(), logBytes, notes)) {
            log = Optional.of(opened);
            train(new Saving(checkpoints, identity, log, found.checkpoint()));
            if (end == TinyRun.End.KILLED && until >= total) {
                throw new TinyRun.Killed();
            }
            if (reason != TrainingEvent.Reason.STOPPED) {
                checkpoints.end(new CheckpointFolder.Ending(
                        steps.isEmpty() ? from : steps.getLast(), reason == TrainingEvent.Reason.EARLY));
            }
        }
        return session(notes);
    }

    private TinyRun.Session session(List<String> notes) {
        return new TinyRun.Session(from, notes, steps, total, reason);
    }

    /** Trains, from the checkpoint that the saving says. */
    void train(Saving saving) throws IOException {
        BertClassifier model = TinyRun.model(Double.parseDouble(options.getOrDefault("dropout", "0")));
        model.load(Safetensors.read(run.model.resolve("model.safetensors")));
        Method method = Methods.named(TinyRun.get(options, "method"));
        Map<String, String> own = new HashMap<>(options);
        own.keySet()
                .retainAll(method.options().all().stream()
                        .map(option -> option.name())
                        .toList());
        Config config = method.options().parse(own);
        Adaptation adaptation = Tuning.fresh(model, method, config, Seed.of(number("seed")));
        Data data = new Data();
        RunPlan plan = new RunPlan(
                data.all.size(),
                new RunSettings(
                        number("batch-size"),
                        number("accumulate"),
                        new RunLength.Epochs(number("epochs")),
                        TinyRun.get(options, "schedule"),
                        decimal("learning-rate"),
                        decimal("warmup"),
                        OptionalLong.of(number("evaluate-every")),
                        OptionalLong.of(number("save-every"))));
        int patience = Integer.parseInt(options.getOrDefault("patience", "0"));
        BestKeeper best = BestKeeper.of(Metric.named("accuracy"), patience, 0);
        Trainer<Rows> made = new Trainer<>(
                model,
                adaptation,
                (rows, context) -> loss(model, rows, context),
                new Optimizer(AdamW.USUAL, adaptation.trained(), adaptation::group, 0.01),
                plan.schedule(),
                new Trainer.Config(plan, 1, number("seed"), Optional.of(best)),
                List.of(this::on, run.listener));
        trainer = Optional.of(made);
        Rows validation = Rows.of(run.validation());
        made.run(data, () -> evaluate(model, adaptation, validation), Optional.of(saving));
    }

    private Variable loss(BertClassifier model, Rows rows, Context context) {
        if (context.isTraining() && end == TinyRun.End.KILLED && doing == until) {
            throw new TinyRun.Killed();
        }
        if (context.isTraining() && end == TinyRun.End.STOPPED_IN_WINDOW && doing == until - 1) {
            trainer.orElseThrow().stop();
        }
        return LossOps.crossEntropy(model.forward(Variable.constant(rows.ids), context), rows.labels);
    }

    private Map<String, Map<String, Double>> evaluate(BertClassifier model, Adaptation adaptation, Rows rows) {
        if (end == TinyRun.End.KILLED_IN_EVALUATION && doing == until) {
            throw new TinyRun.Killed();
        }
        if (end == TinyRun.End.STOPPED_IN_EVALUATION && doing == until) {
            trainer.orElseThrow().stop();
        }
        Context context = Context.inference().with(Context.ACTIVE, adaptation.active());
        double loss = Grad.disabled(() -> loss(model, rows, context).item());
        long at = run.bestAt();
        double accuracy = at == 0 ? 1 / (1 + loss) : doing == at ? 1 : 0;
        Map<String, Double> metrics = new TreeMap<>();
        metrics.put("loss", loss);
        metrics.put("accuracy", accuracy);
        return Map.of(BestKeeper.VALIDATION, metrics);
    }

    private void on(TrainingEvent event) {
        switch (event) {
            case TrainingEvent.Start start -> {
                from = start.doneSteps();
                doing = from;
                total = start.totalSteps();
            }
            case TrainingEvent.Step step -> {
                doing = step.step();
                steps.add(step.step());
                write("{\"step\":" + step.step() + ",\"loss\":" + step.loss() + "}");
                if (end == TinyRun.End.STOPPED && step.step() == until) {
                    trainer.orElseThrow().stop();
                }
            }
            case TrainingEvent.Evaluation evaluation ->
                write("{\"step\":" + evaluation.step() + ",\"metrics\":\""
                        + evaluation.metrics().get(BestKeeper.VALIDATION) + "\"}");
            case TrainingEvent.Saved ignored -> {}
            case TrainingEvent.NotSaved ignored -> {}
            case TrainingEvent.BestLost ignored -> {}
            case TrainingEvent.End ended -> reason = ended.reason();
        }
    }

    private void write(String line) {
        try {
            log.orElseThrow().write(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
