import DomainModel
import FileStore
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Persistence

/// Files of the store on their way to a reader.
extension Call {
    /// A PDF that the caller may see: through us, or, where the store makes links of its own, there.
    func download(_ file: DocumentFile) async throws -> Answer {
        let store = try services.fileStore
        let now = UnixSeconds(services.clock.now().timeIntervalSince1970)
        let link = store.link(to: file.hash, name: file.name, type: Self.pdf, seconds: 300, now: now)
        guard let link else { return try await pass(file) }
        return Answer(
            status: .temporaryRedirect,
            headers: [.location: link, .cacheControl: "no-store"],
            mediaType: nil
        )
    }

    /// A PDF through us alone: whoever gets it is not told where we keep it.
    func pass(_ file: DocumentFile) async throws -> Answer {
        try await FileAnswer(file: file, mediaType: Self.pdf).answer(to: request.headers) {
            try await bytes(of: file.hash)
        }
    }

    func bytes(of hash: ContentHash) async throws -> [UInt8] {
        let store = try services.fileStore
        do throws(FileStoreError) {
            return try await store.get(hash)
        } catch {
            logger.error("a stored file cannot be read", metadata: ["file": "\(hash)", "error": "\(error)"])
            throw Problem.fileUnavailable
        }
    }

    private static let pdf = "application/pdf"
}

extension GatewayServices {
    /// - Throws: 503 where none is configured.
    var fileStore: any FileStore {
        get throws(Problem) {
            guard let documents else { throw .fileUnavailable }
            return documents
        }
    }
}

extension Problem {
    static let fileUnavailable = Problem(
        .serviceUnavailable,
        "unavailable",
        "The service is not available",
        "The file cannot be read from the store just now.",
        headers: [.retryAfter: "30"]
    )
}

extension Endpoint {
    /// A route that answers with a stored PDF.
    func givesPDF() -> Endpoint {
        with {
            $0.mediaType = "application/pdf"
            $0.hasETag = true
            $0.alternatives = [.partialContent: nil, .temporaryRedirect: nil]
            $0.problems += [.notFound, .conflict, .rangeNotSatisfiable]
        }
    }
}
