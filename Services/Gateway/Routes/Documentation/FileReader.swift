import Foundation
import NIOPosix

/// Reads small files on NIO's threads for blocking work, never on the cooperative pool.
struct FileReader: Sendable {
    func read(_ path: String) async throws -> [UInt8]? {
        try await NIOThreadPool.singleton.runIfActive {
            FileManager.default.contents(atPath: path).map { [UInt8]($0) }
        }
    }
}
