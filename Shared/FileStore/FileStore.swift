import Crypto
public import DomainModel

/// Keeps files by what is in them (spec 7, "Storage"): the name of a file is the SHA-256 of its bytes, so that it is stored
/// once, never changes, and says itself whether it is whole.
///
/// Where it is, is the operator's own configuration (``FileStoreConfiguration``); no customer can name it. It may therefore lie
/// on a private network, and its requests pass no address guard.
public protocol FileStore: Sendable {
    /// Stores a file; one that is there already stays. When it returns, the file survives a crash.
    /// - Parameter type: its media type, such as `application/pdf`.
    func put(_ hash: ContentHash, _ bytes: [UInt8], type: String) async throws(FileStoreError)

    /// A file's bytes, checked against its name.
    /// - Throws: ``FileStoreError/missing(_:)`` where there is none, ``FileStoreError/damaged(_:)`` where they are others.
    func get(_ hash: ContentHash) async throws(FileStoreError) -> [UInt8]

    /// Whether there is such a file.
    func has(_ hash: ContentHash) async throws(FileStoreError) -> Bool

    /// An address under which anybody can fetch the file for a while; nil where the store has none (a folder).
    /// - Parameters:
    ///   - name: under which it is saved.
    ///   - seconds: 1 to 604,800, a week.
    ///   - now: machine time: the other side compares it with its own clock.
    func link(to hash: ContentHash, name: String, type: String, seconds: Int, now: UnixSeconds) -> String?
}

/// Seconds since 1970, machine time.
public typealias UnixSeconds = Int64

/// Why a file was not stored or not found.
public enum FileStoreError: Error, Hashable, Sendable {
    /// There is no such file.
    case missing(ContentHash)
    /// What lies under the name is something else.
    case damaged(ContentHash)
    /// What was to be stored is not what its name says: the caller is at fault.
    case mismatch(ContentHash)
    /// The store refuses us: wrong credentials, no such bucket, no right to write.
    case refused(String)
    /// Not now: no answer, an overload, a full disk.
    case unavailable(String)

    /// Whether the same call may do better a little later. A refusal may: it is mended by the operator.
    public var isRetryable: Bool {
        switch self {
        case .refused, .unavailable: true
        case .missing, .damaged, .mismatch: false
        }
    }
}

extension FileStoreError: CustomStringConvertible {
    /// One sentence, without credentials.
    public var description: String {
        switch self {
        case .missing(let hash): "the file store has no file \(hash)"
        case .damaged(let hash): "the file \(hash) is damaged in the store"
        case .mismatch(let hash): "the bytes are not those of \(hash)"
        case .refused(let reason): "the file store refuses: \(reason)"
        case .unavailable(let reason): "the file store does not answer: \(reason)"
        }
    }
}

extension ContentHash {
    /// The name of a file of these bytes.
    public init(of bytes: [UInt8]) {
        guard let hash = ContentHash(bytes: Array(SHA256.hash(data: bytes))) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        self = hash
    }
}
