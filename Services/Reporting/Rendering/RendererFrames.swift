import DomainModel
import Foundation
import Subprocess

/// The renderer's wire (its README, "Frames"): 4 bytes of length, a JSON header, bodies without anything between them.
enum RendererFrame {
    /// What the renderer says first.
    struct Hello: Decodable {
        let ready: Bool
        let `protocol`: Int
        let confinement: [String]
    }

    /// What it says of a document.
    struct Answer: Decodable {
        let id: String
        let ok: Bool
        let sha256: String?
        let pages: Int?
        let warnings: [String]?
        let cpuSeconds: Double?
        let wallSeconds: Double?
        let peakMemoryBytes: Int?
        let bytes: Int
        let last: Bool
        let kind: String?
        let message: String?

        enum CodingKeys: String, CodingKey {
            case id, ok, sha256, pages, warnings, bytes, last, kind, message
            case cpuSeconds = "cpu_seconds"
            case wallSeconds = "wall_seconds"
            case peakMemoryBytes = "peak_memory_bytes"
        }
    }

    private struct Header: Encodable {
        struct Part: Encodable {
            let kind: String
            var name: String?
            var type: String?
            let bytes: Int
        }

        let id: String
        let title: String
        let language: String
        let author: String
        let created: String
        let parts: [Part]
    }

    /// A document as it is written to the renderer.
    static func encode(_ paper: Paper, id: String) throws -> [UInt8] {
        let html = Array(paper.html.utf8)
        let sheets = paper.styleSheets.map { Array($0.utf8) }
        let header = Header(
            id: id,
            title: paper.title,
            language: paper.language,
            author: paper.author,
            created: paper.created.formatted(.iso8601),
            parts: [.init(kind: "html", bytes: html.count)] + sheets.map { .init(kind: "css", bytes: $0.count) }
                + paper.assets.map { .init(kind: "asset", name: $0.name, type: $0.type, bytes: $0.bytes.count) }
        )
        let json = try JSONEncoder().encode(header)
        var frame: [UInt8] = []
        frame.reserveCapacity(4 + json.count + html.count + sheets.reduce(0) { $0 + $1.count })
        withUnsafeBytes(of: UInt32(json.count).bigEndian) { frame.append(contentsOf: $0) }
        frame.append(contentsOf: json)
        frame.append(contentsOf: html)
        for sheet in sheets { frame.append(contentsOf: sheet) }
        for asset in paper.assets { frame.append(contentsOf: asset.bytes) }
        return frame
    }
}

/// Reads frames of what a renderer writes.
struct RendererReader {
    private var chunks: SubprocessOutputSequence.Iterator
    private var buffer: [UInt8] = []
    private var start = 0

    /// More is no PDF of ours: 300 pages have a few megabytes.
    private static let mostBytes = 256 << 20

    init(_ output: SubprocessOutputSequence) { chunks = output.makeAsyncIterator() }

    /// A header of a kind.
    mutating func header<Header: Decodable>(_: Header.Type) async throws -> Header {
        let length = try await exactly(4).reduce(0) { $0 << 8 | Int($1) }
        guard length <= 256 << 10 else { throw RenderError.lost("it wrote no frame") }
        return try JSONDecoder().decode(Header.self, from: Data(try await exactly(length)))
    }

    /// That many bytes.
    mutating func exactly(_ count: Int) async throws -> [UInt8] {
        guard count <= Self.mostBytes else { throw RenderError.lost("it wrote too much") }
        while buffer.count - start < count {
            guard let chunk = try await chunks.next() else { throw RenderError.lost("it ended") }
            if start > 0 {
                buffer.removeSubrange(..<start)
                start = 0
            }
            chunk.withUnsafeBytes { buffer.append(contentsOf: $0) }
        }
        defer { start += count }
        return Array(buffer[start..<(start + count)])
    }
}
