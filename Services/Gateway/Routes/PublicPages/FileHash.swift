import Crypto
import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Hashes a file that is sent, as it comes: no more of it is held than one piece.
enum FileHash {
    /// Above any report: pages and pictures are bounded where they are made.
    static let largest = 32 * 1024 * 1024

    /// - Throws: 413, 415, or 422 where there is no file in it.
    static func read(_ request: Request) async throws -> ContentHash {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > largest {
            throw Problem.tooLarge(largest)
        }
        let type = request.headers[.contentType] ?? ""
        var form = FormFile(contentType: type)
        guard form != nil || ["application/pdf", "application/octet-stream"].contains(media(type)) else {
            throw Problem.noUpload
        }
        var hash = SHA256()
        var count = 0
        for try await buffer in request.body {
            count += buffer.readableBytes
            guard count <= largest else { throw Problem.tooLarge(largest) }
            let bytes = Array(buffer.readableBytesView)
            if form != nil {
                form?.feed(bytes) { hash.update(data: $0) }
            } else {
                hash.update(data: bytes)
            }
        }
        guard form?.isComplete ?? (count > 0), let digest = ContentHash(bytes: Array(hash.finalize())) else {
            throw Problem.invalid("document", "a file")
        }
        return digest
    }

    private static func media(_ type: String) -> String {
        type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    }
}

extension Problem {
    static let noUpload = Problem(
        .unsupportedMediaType,
        "unsupported-media-type",
        "Unsupported media type",
        "Send the file in a form (multipart/form-data), or as application/pdf."
    )
}

/// The first file of a form (RFC 7578), passed on in pieces. What is before and after it is not looked at.
struct FormFile {
    private enum State {
        /// In the header of a part, or before the first.
        case header
        /// In a part that is no file.
        case field
        case file
        case complete
    }

    /// `\r\n--boundary`
    private let delimiter: [UInt8]
    private var state = State.field
    /// The first delimiter may stand at the very beginning.
    private var pending: [UInt8] = Array("\r\n".utf8)
    private var isSpoilt = false

    /// Whether there was a file and it ended.
    var isComplete: Bool { state == .complete && !isSpoilt }

    /// - Returns: nil for what is no form.
    init?(contentType: String) {
        let parts = contentType.split(separator: ";").map { part in part.drop { $0 == " " } }
        guard let type = parts.first, type.lowercased() == "multipart/form-data",
            let named = parts.dropFirst().first(where: { $0.lowercased().hasPrefix("boundary=") })
        else { return nil }
        let boundary = named.dropFirst("boundary=".count).filter { $0 != "\"" }
        guard (1...70).contains(boundary.utf8.count) else { return nil }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    private static let end = Array("\r\n\r\n".utf8)
    /// A part's header is a few lines.
    private static let longestHeader = 8 * 1024

    mutating func feed(_ bytes: [UInt8], _ file: ([UInt8]) -> Void) {
        guard state != .complete, !isSpoilt else { return }
        pending += bytes
        while true {
            switch state {
            case .complete: return
            case .header:
                guard let end = pending.firstRange(of: Self.end) else {
                    isSpoilt = pending.count > Self.longestHeader
                    return
                }
                let header = String(decoding: pending[..<end.lowerBound], as: UTF8.self).lowercased()
                pending.removeSubrange(..<end.upperBound)
                state = header.contains("filename=") || header.contains("filename*=") ? .file : .field
            case .field, .file:
                let isFile = state == .file
                if let found = pending.firstRange(of: delimiter) {
                    if isFile { file(Array(pending[..<found.lowerBound])) }
                    pending.removeSubrange(..<found.upperBound)
                    state = isFile ? .complete : .header
                    continue
                }
                // The end of what is here may be the beginning of a delimiter.
                let sure = max(0, pending.count - delimiter.count + 1)
                if isFile { file(Array(pending[..<sure])) }
                pending.removeSubrange(..<sure)
                return
            }
        }
    }
}
