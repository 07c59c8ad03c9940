/// The words of the first page. Every number in them is in the facts (spec 7).
public struct ReportSummary: Codable, Hashable, Sendable {
    /// One or two sentences.
    public var headline: String
    public var paragraphs: [String]
    public var moved: [String]
    public var why: [String]
    public var next: [String]
    /// Who wrote it: `facts`, or the model's name.
    public var writer: String
    /// Why a model's text was not taken; nil where it was, or none was asked for.
    public var refusal: String?

    public init(
        headline: String,
        paragraphs: [String],
        moved: [String],
        why: [String],
        next: [String],
        writer: String,
        refusal: String? = nil
    ) {
        self.headline = headline
        self.paragraphs = paragraphs
        self.moved = moved
        self.why = why
        self.next = next
        self.writer = writer
        self.refusal = refusal
    }
}
