/// Why a customer's template cannot be used: a sentence for whoever wrote it, with the line.
public struct TemplateFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1; nil where the fault is of the whole.
    public let line: Int?
    /// One sentence.
    public let message: String

    public init(line: Int?, _ message: String) {
        self.line = line
        self.message = message
    }

    /// `Line 12: The section "tiles" is not closed.`
    public var description: String { line.map { "Line \($0): \(message)" } ?? message }
}
