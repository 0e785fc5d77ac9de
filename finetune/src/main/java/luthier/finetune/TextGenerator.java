package luthier.finetune;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.OptionalInt;
import java.util.function.Predicate;
import luthier.nn.Context;
import luthier.nn.Layer;
import luthier.nn.LoadReport;
import luthier.nn.WeightStorage;
import luthier.nn.chat.ChatFormat;
import luthier.nn.chat.Conversation;
import luthier.nn.generate.Generated;
import luthier.nn.generate.GenerationSettings;
import luthier.nn.generate.Generator;
import luthier.nn.generate.StopStrings;
import luthier.nn.models.LoadedModel;
import luthier.nn.models.Pretrained;
import luthier.nn.text.EncodingOptions;
import luthier.nn.text.TextStream;
import luthier.nn.text.Tokenizer;
import luthier.tensor.io.ModelFormatException;

/**
 * A pretrained causal model that continues texts and answers in conversations.
 *
 * <p>Threads: any number may ask.
 */
public final class TextGenerator {
    private final Layer model;
    private final LoadReport report;
    private final Tokenizer tokenizer;
    private final ChatFormat chat;
    private final NavigableSet<Integer> ends;
    private final Generator generator;
    private final int maxLength;

    private TextGenerator(Pretrained pretrained) throws IOException {
        LoadedModel loaded = pretrained.causalLm();
        model = loaded.model();
        report = loaded.report();
        tokenizer = pretrained.tokenizer();
        chat = pretrained.chat();
        ends = pretrained.endTokens(tokenizer);
        maxLength = pretrained.maxLength();
        generator = new Generator(model, maxLength);
    }

    /**
     * Loads a model's folder or a GGUF file; the matrices of the latter stay as the file has them.
     *
     * @throws IOException if a file cannot be read
     * @throws ModelFormatException if a file does not fit, or the family has no head that scores next tokens
     * @throws luthier.nn.WeightsException if weights are missing, unknown or of another shape
     */
    public static TextGenerator load(Path path) throws IOException {
        return new TextGenerator(Pretrained.open(path));
    }

    /** As {@link #load(Path)}, with the frozen matrices kept in another way. */
    public static TextGenerator load(Path path, WeightStorage storage) throws IOException {
        return new TextGenerator(Pretrained.open(path).storing(storage));
    }

    /**
     * An answer.
     *
     * @param text what was generated, without the token that ended it
     * @param ending why it ended
     * @param promptTokens tokens of the prompt
     * @param newTokens tokens that were generated
     */
    public record Answer(String text, Generated.Ending ending, int promptTokens, int newTokens) {}

    /**
     * How to answer.
     *
     * @param generation how tokens are chosen
     * @param stops texts that end an answer and are not part of it
     */
    public record Wish(GenerationSettings generation, List<String> stops) {
        /** Copies the list. */
        public Wish {
            stops = List.copyOf(stops);
        }
    }

    /** Returns the usual settings: the best token always, until one that ends an answer, or so many. */
    public GenerationSettings greedy(int maxTokens) {
        return GenerationSettings.greedy(maxTokens).endingWith(ends).within(tokenizer.vocabularySize());
    }

    /**
     * Continues a text as it is: special tokens in it are read as such, and the tokenizer's start token is put before it.
     *
     * @param pieces hears the text as it comes; false ends it
     * @throws luthier.nn.generate.GenerationException if the prompt is empty and nothing starts it, or too long
     */
    public Answer generate(String prompt, Wish wish, Predicate<String> pieces) {
        return generate(started(prompt), wish, pieces);
    }

    /**
     * Answers a conversation.
     *
     * @param now what the template's clock says
     * @throws luthier.nn.chat.TemplateException if the model has no chat template, or it refuses the messages
     */
    public Answer answer(Conversation conversation, LocalDateTime now, Wish wish, Predicate<String> pieces) {
        return generate(chat.prompt(conversation, tokenizer, now), wish, pieces);
    }

    /** The ids of a text with what the tokenizer puts before it, but nothing that ends it. */
    private int[] started(String prompt) {
        int[] bare = tokenizer
                .encode(List.of(prompt), EncodingOptions.USUAL.unframed())
                .ids();
        int[] framed = tokenizer.encode(prompt);
        int after = framed.length;
        OptionalInt end = tokenizer.eosId();
        while (after > bare.length
                && end.isPresent()
                && framed[after - 1] == end.getAsInt()
                && (bare.length == 0 || bare[bare.length - 1] != end.getAsInt())) {
            after--;
        }
        return Arrays.copyOf(framed, after);
    }

    private Answer generate(int[] prompt, Wish wish, Predicate<String> pieces) {
        TextStream stream = tokenizer.stream(false);
        StopStrings.Watch watch = new StopStrings(wish.stops(), false).watch();
        StringBuilder text = new StringBuilder();
        GenerationSettings settings = wish.generation();
        Generated generated = generator
                .generate(List.of(prompt), settings, Context.inference(), (index, token) -> {
                    if (settings.ends().contains(token)) {
                        return true;
                    }
                    boolean more = given(watch.accept(stream.accept(token)), text, pieces);
                    return more && watch.stoppedBy().isEmpty();
                })
                .getFirst();
        if (watch.stoppedBy().isEmpty() && generated.ending() != Generated.Ending.STOP) {
            given(watch.accept(stream.finish()), text, pieces);
            if (watch.stoppedBy().isEmpty()) {
                given(watch.flush(), text, pieces);
            }
        }
        return new Answer(
                text.toString(),
                generated.ending(),
                prompt.length,
                generated.tokens().size());
    }

    private static boolean given(String piece, StringBuilder text, Predicate<String> pieces) {
        text.append(piece);
        return piece.isEmpty() || pieces.test(piece);
    }

    /** Returns the layers. */
    public Layer layers() {
        return model;
    }

    /** Returns what was loaded, made anew and left alone. */
    public LoadReport report() {
        return report;
    }

    /** Returns the tokenizer. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Returns how the model writes conversations. */
    public ChatFormat chat() {
        return chat;
    }

    /** Returns the longest text, prompt included, in tokens. */
    public int maxLength() {
        return maxLength;
    }
}
