import DomainModel
import FileStore
import NIOConcurrencyHelpers

/// Files in memory. With an address it makes links of its own, as S3 does.
final class MemoryFileStore: FileStore {
    private let files = NIOLockedValueBox<[ContentHash: [UInt8]]>([:])
    let address: String?

    init(address: String? = nil) { self.address = address }

    func put(_ hash: ContentHash, _ bytes: [UInt8], type: String) async throws(FileStoreError) {
        files.withLockedValue { $0[hash] = bytes }
    }

    func get(_ hash: ContentHash) async throws(FileStoreError) -> [UInt8] {
        guard let bytes = files.withLockedValue({ $0[hash] }) else { throw .missing(hash) }
        return bytes
    }

    func has(_ hash: ContentHash) async throws(FileStoreError) -> Bool { files.withLockedValue { $0[hash] != nil } }

    func link(to hash: ContentHash, name: String, type: String, seconds: Int, now: UnixSeconds) -> String? {
        address.map { "\($0)/\(hash)?seconds=\(seconds)" }
    }
}
