import DomainModel
import Foundation
import ServiceRuntime
import Testing

@testable import FileStore

@Suite("Files in a folder") struct FolderTests {
    private static let pdf = Array("%PDF-1.7 of a test".utf8)

    private func withFolder(_ body: (FolderStore) async throws -> Void) async throws {
        let path = NSTemporaryDirectory() + "/igny8-files-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(FolderStore(path: path))
    }

    @Test("a file comes back as it was, is there once however often it is put, and nothing else lies about")
    func roundTrip() async throws {
        try await withFolder { store in
            let hash = ContentHash(of: Self.pdf)
            #expect(try await !store.has(hash))
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try? await store.put(hash, Self.pdf, type: "application/pdf") } }
            }
            #expect(try await store.has(hash))
            #expect(try await store.get(hash) == Self.pdf)
            let files = try FileManager.default.subpathsOfDirectory(atPath: store.path).filter { $0.contains("/") }
            #expect(files == ["\(hash.hex.prefix(2))/\(hash.hex)"])
            #expect(store.link(to: hash, name: "a.pdf", type: "application/pdf", seconds: 60, now: 0) == nil)
        }
    }

    @Test("what is missing, damaged or misnamed is told apart")
    func faults() async throws {
        try await withFolder { store in
            let hash = ContentHash(of: Self.pdf)
            await #expect(throws: FileStoreError.missing(hash)) { try await store.get(hash) }
            await #expect(throws: FileStoreError.mismatch(hash)) { try await store.put(hash, [1], type: "text/plain") }
            try await store.put(hash, Self.pdf, type: "application/pdf")
            try Data([1, 2]).write(to: URL(filePath: "\(store.path)/\(hash.hex.prefix(2))/\(hash.hex)"))
            await #expect(throws: FileStoreError.damaged(hash)) { try await store.get(hash) }
        }
    }

    @Test("a store that is not there now may be later")
    func unavailable() async throws {
        let store = FolderStore(path: "/proc/no-such-place")
        let error = await #expect(throws: FileStoreError.self) {
            try await store.put(ContentHash(of: Self.pdf), Self.pdf, type: "application/pdf")
        }
        #expect(error?.isRetryable == true)
    }

    @Test(
        "the configuration names a folder or a bucket, and nothing else",
        arguments: [
            ("folder:/var/lib/igny8", true), ("s3://reports", true), ("s3://reports/a?endpoint=http://[::1]:9", true),
            ("folder:relative", false), ("s3://", false), ("s3://reports?endpoint=ftp://x", false), ("/tmp", false),
        ]
    )
    func configuration(text: String, isTaken: Bool) {
        let settings = Settings(["IGNY8_FILES": text, "IGNY8_S3_ACCESS_KEY": "a", "IGNY8_S3_SECRET_KEY": "b"])
        let isRead = (try? FileStoreConfiguration(settings)) != nil
        #expect(isRead == isTaken)
    }
}
