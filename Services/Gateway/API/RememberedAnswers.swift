import NIOConcurrencyHelpers

/// Answers of lists, and the snapshot of the database that each was made from.
///
/// What a statement can see is told by its snapshot: which transactions had been committed. As long as a request finds
/// the database at the very snapshot of a remembered answer, that answer is what the statement would give again, and it
/// is neither run nor written anew. Any commit, of whatever to whatever, makes another snapshot: nothing has to be told
/// to forget, and no gateway has to be told by another.
///
/// Who asks is settled before, with each request; an answer is remembered for one caller and one address.
final class RememberedAnswers: Sendable {
    struct Key: Hashable {
        let tenant: Int64?
        let actor: String
        let uri: String
    }

    struct Entry {
        let snapshot: String
        let answer: Answer
    }

    /// Bytes of all answers together; a full memory is emptied rather than kept in order.
    private static let room = 8 << 20
    private static let largest = 256 << 10

    private let memory = NIOLockedValueBox<(entries: [Key: Entry], bytes: Int)>(([:], 0))

    subscript(key: Key) -> Entry? {
        memory.withLockedValue { $0.entries[key] }
    }

    func remember(_ answer: Answer, at snapshot: String, for key: Key) {
        guard answer.body.count <= Self.largest else { return }
        memory.withLockedValue { memory in
            if memory.bytes + answer.body.count > Self.room { memory = ([:], 0) }
            let former = memory.entries.updateValue(Entry(snapshot: snapshot, answer: answer), forKey: key)
            memory.bytes += answer.body.count - (former?.answer.body.count ?? 0)
        }
    }
}
