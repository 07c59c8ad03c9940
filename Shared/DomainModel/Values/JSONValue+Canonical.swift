import Foundation

extension JSONValue {
    /// The one text of a tree of text, whole numbers, booleans and nulls: members in the order of their names, nothing
    /// between them. What is hashed or sealed is this.
    public var canonicalText: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only a number that is none (nan) could be refused.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
