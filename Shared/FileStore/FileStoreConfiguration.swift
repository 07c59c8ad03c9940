public import EventLoop
import Foundation
import Glibc
public import Logging
public import ServiceRuntime
public import WebClient

/// Where files are kept.
///
/// | variable | type | default |
/// | --- | --- | --- |
/// | `IGNY8_FILES` | `folder:/path`, or `s3://bucket/prefix?endpoint=https://host&region=name` | required |
/// | `IGNY8_S3_ACCESS_KEY` | with S3: the access key (secret) | required with S3 |
/// | `IGNY8_S3_SECRET_KEY` | its secret (secret) | required with S3 |
/// | `IGNY8_S3_SESSION_TOKEN` | of temporary credentials (secret) | none |
public struct FileStoreConfiguration: Sendable {
    private enum Place: Sendable {
        case folder(String)
        case s3(signature: S3Signature, endpoint: String, host: String, root: String)
    }

    private let place: Place

    /// Reads it.
    public init(_ settings: Settings) throws(ConfigurationError) {
        let read = try settings.value(
            "IGNY8_FILES",
            expected: "folder:/path, or s3://bucket/prefix?endpoint=https://host&region=name",
            parse: Reading.init
        )
        switch read {
        case .folder(let path): place = .folder(path)
        case .s3(let endpoint, let host, let root, let region):
            place = .s3(
                signature: S3Signature(
                    accessKey: try settings.secret("IGNY8_S3_ACCESS_KEY"),
                    secretKey: try settings.secret("IGNY8_S3_SECRET_KEY"),
                    sessionToken: try settings.optionalSecret("IGNY8_S3_SESSION_TOKEN"),
                    region: region
                ),
                endpoint: endpoint,
                host: host,
                root: root
            )
        }
    }

    /// Reads it where there is one.
    public static func ifAny(_ settings: Settings) throws(ConfigurationError) -> FileStoreConfiguration? {
        try settings.text("IGNY8_FILES", default: "").isEmpty ? nil : try FileStoreConfiguration(settings)
    }

    /// Opens the store over a web client of its own, for who calls nobody else.
    public func open(on loop: EventLoop, logger: Logger) -> any FileStore {
        open(WebClient(loop: loop, logger: logger))
    }

    /// Opens the store; nothing is asked of it yet.
    public func open(_ web: WebClient) -> any FileStore {
        switch place {
        case .folder(let path): FolderStore(path: path)
        case .s3(let signature, let endpoint, let host, let root):
            S3Store(web: web, signature: signature, endpoint: endpoint, host: host, root: root) {
                UnixSeconds(time(nil))
            }
        }
    }

    private enum Reading {
        case folder(String)
        case s3(endpoint: String, host: String, root: String, region: String)

        init?(_ text: String) {
            if text.hasPrefix("folder:/") {
                let path = String(text.dropFirst("folder:".count))
                self = .folder(path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
                return
            }
            guard let parts = URLComponents(string: text), parts.scheme == "s3", let bucket = parts.host,
                bucket.count > 2
            else { return nil }
            func option(_ name: String) -> String? { parts.queryItems?.first { $0.name == name }?.value }
            let region = option("region") ?? "us-east-1"
            let endpoint = option("endpoint") ?? "https://s3.\(region).amazonaws.com"
            guard let url = URLComponents(string: endpoint), ["https", "http"].contains(url.scheme),
                let host = url.host,
                !host.isEmpty, url.path.isEmpty || url.path == "/"
            else { return nil }
            let usual = url.scheme == "https" ? 443 : 80
            let authority = url.port.map { $0 == usual ? host : "\(host):\($0)" } ?? host
            let prefix = parts.path.split(separator: "/").map { "/\($0)" }.joined()
            self = .s3(
                endpoint: "\(url.scheme ?? "https")://\(authority)",
                host: authority,
                root: "/\(bucket)\(prefix)",
                region: region
            )
        }
    }
}
