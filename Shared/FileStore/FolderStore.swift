import DomainModel
import Foundation
import Glibc
import NIOPosix

/// Files in a folder of this machine, or of a network file system that several share.
///
/// A file is written beside its place, synced, and renamed into it, so that a name is either absent or whole; then its folder is
/// synced, so that the name survives as well. All of it happens on threads for blocking work.
struct FolderStore: FileStore {
    /// Absolute, without a slash at its end.
    let path: String

    func put(_ hash: ContentHash, _ bytes: [UInt8], type: String) async throws(FileStoreError) {
        guard ContentHash(of: bytes) == hash else { throw .mismatch(hash) }
        try await blocking { () throws(FileStoreError) in
            let (folder, file) = place(of: hash)
            if access(file, F_OK) == 0 { return }
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch { throw .unavailable("the folder \(folder) cannot be made") }
            let draft = "\(folder)/.\(hash.hex).\(UUID().uuidString)"
            do throws(FileStoreError) {
                try write(bytes, to: draft)
                guard rename(draft, file) == 0 else { throw Self.failure("renaming") }
                try sync(folder)
            } catch {
                unlink(draft)
                throw error
            }
        }
    }

    func get(_ hash: ContentHash) async throws(FileStoreError) -> [UInt8] {
        let bytes = try await blocking { () throws(FileStoreError) in
            let file = place(of: hash).file
            guard access(file, F_OK) == 0 else { throw .missing(hash) }
            guard let data = FileManager.default.contents(atPath: file) else { throw Self.failure("reading") }
            return [UInt8](data)
        }
        guard ContentHash(of: bytes) == hash else { throw .damaged(hash) }
        return bytes
    }

    func has(_ hash: ContentHash) async throws(FileStoreError) -> Bool {
        try await blocking { () throws(FileStoreError) in access(place(of: hash).file, F_OK) == 0 }
    }

    func link(to hash: ContentHash, name: String, type: String, seconds: Int, now: UnixSeconds) -> String? { nil }

    /// 256 folders, so that none has more than a few thousand files for a long time.
    private func place(of hash: ContentHash) -> (folder: String, file: String) {
        let folder = "\(path)/\(hash.hex.prefix(2))"
        return (folder, "\(folder)/\(hash.hex)")
    }

    private func write(_ bytes: [UInt8], to file: String) throws(FileStoreError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw Self.failure("creating") }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("writing") }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw Self.failure("syncing") }
    }

    private func sync(_ folder: String) throws(FileStoreError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("opening the folder for syncing") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.failure("syncing the folder") }
    }

    private static func failure(_ doing: String) -> FileStoreError {
        let reason = "\(doing): \(String(cString: strerror(errno)))"
        return errno == EACCES || errno == EROFS ? .refused(reason) : .unavailable(reason)
    }

    private func blocking<Value: Sendable>(
        _ body: @escaping @Sendable () throws(FileStoreError) -> Value
    ) async throws(FileStoreError) -> Value {
        do {
            return try await NIOThreadPool.singleton.runIfActive { Result { () throws(FileStoreError) in try body() } }
                .get()
        } catch let error as FileStoreError {
            throw error
        } catch { throw .unavailable("cancelled") }
    }
}
