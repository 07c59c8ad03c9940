import DomainModel
import EventLoop
import Foundation
import Logging
import ServiceRuntime
import TestSupport
import Testing
import WebClient

@testable import FileStore

/// Against moto, which plays S3 and IAM and checks signatures (design/web-and-pdf.md, E). `deploy/test` installs it.
@Suite("Files in S3", .enabled(if: FileManager.default.isExecutableFile(atPath: Moto.program)))
struct S3Tests {
    private static let web = WebClient(loop: EventLoop(name: "tests.s3"), logger: Logger(label: "tests.s3"))
    private static let pdf = Array("%PDF-1.7 of a test".utf8)

    @Test("put, found, fetched, linked to; a wrong secret and a missing bucket are refused", .timeLimit(.minutes(3)))
    func store() async throws {
        let port = try FreePort.find()
        // The first three calls make the user, its key and its rights; every later one is checked.
        let server = try TestProcess(
            [Moto.program, "-H", "127.0.0.1", "-p", "\(port)"],
            environment: ["INITIAL_NO_AUTH_ACTION_COUNT": "3", "PYTHONWARNINGS": "ignore"]
        )
        defer { server.kill() }
        while !FreePort.accepts(port) { await Task.yield() }
        let (access, secret) = try await Self.makeUser(port)
        func open(_ bucket: String = "reports", secret: String) throws -> any FileStore {
            try FileStoreConfiguration(
                Settings([
                    "IGNY8_FILES": "s3://\(bucket)/pdf?endpoint=http://127.0.0.1:\(port)",
                    "IGNY8_S3_ACCESS_KEY": access,
                    "IGNY8_S3_SECRET_KEY": secret,
                ])
            ).open(Self.web)
        }
        try await Self.makeBucket("reports", port, access, secret)
        let files = try open(secret: secret)
        let hash = ContentHash(of: Self.pdf)
        #expect(try await !files.has(hash))
        await #expect(throws: FileStoreError.missing(hash)) { try await files.get(hash) }
        try await files.put(hash, Self.pdf, type: "application/pdf")
        try await files.put(hash, Self.pdf, type: "application/pdf")
        #expect(try await files.has(hash))
        #expect(try await files.get(hash) == Self.pdf)

        let now = UnixSeconds(Date().timeIntervalSince1970)
        let link = try #require(
            files.link(to: hash, name: "Küche & Bad.pdf", type: "application/pdf", seconds: 60, now: now)
        )
        // moto checks signatures of headers only: AWS' own example holds that of a link. This holds what the link asks for.
        let unchecked = WebRequest(
            method: .post,
            url: "http://127.0.0.1:\(port)/moto-api/reset-auth",
            body: Array("1".utf8),
            guardAddresses: false
        )
        try #require(try await Self.web.send(unchecked).status == 200)
        let answer = try await Self.web.send(WebRequest(url: link, guardAddresses: false))
        #expect(answer.status == 200 && answer.body == Self.pdf)
        #expect(answer.header("Content-Disposition")?.contains("K%C3%BCche%20%26%20Bad.pdf") == true)

        let wrong = await #expect(throws: FileStoreError.self) { try await open(secret: "\(secret)x").get(hash) }
        #expect(wrong == .refused("403 SignatureDoesNotMatch") && wrong?.isRetryable == true)
        let nowhere = await #expect(throws: FileStoreError.self) {
            try await open("elsewhere", secret: secret).put(hash, Self.pdf, type: "application/pdf")
        }
        #expect(nowhere == .refused("404 NoSuchBucket"))
        server.kill()
        let gone = await #expect(throws: FileStoreError.self) { try await files.get(hash) }
        #expect(gone?.isRetryable == true)
    }

    /// A user who may do everything; its access key and its secret.
    private static func makeUser(_ port: Int) async throws -> (String, String) {
        let policy =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"
        func iam(_ query: String) async throws -> String {
            let request = WebRequest(
                method: .post,
                url: "http://127.0.0.1:\(port)/",
                headers: [
                    ("Host", "iam.amazonaws.com"), ("Content-Type", "application/x-www-form-urlencoded"),
                    (
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/iam/aws4_request,SignedHeaders=host,Signature=b"
                    ),
                ],
                body: Array("\(query)&Version=2010-05-08".utf8),
                guardAddresses: false
            )
            let answer = try await web.send(request)
            try #require(answer.status == 200, "\(answer.text)")
            return answer.text
        }
        _ = try await iam("Action=CreateUser&UserName=press")
        let key = try await iam("Action=CreateAccessKey&UserName=press")
        _ = try await iam(
            "Action=PutUserPolicy&UserName=press&PolicyName=all&PolicyDocument=\(S3Signature.encode(policy))"
        )
        func part(_ name: String) throws -> String {
            let start = try #require(key.range(of: "<\(name)>")).upperBound
            return String(key[start..<(try #require(key.range(of: "</\(name)>")).lowerBound)])
        }
        return (try part("AccessKeyId"), try part("SecretAccessKey"))
    }

    private static func makeBucket(_ name: String, _ port: Int, _ access: String, _ secret: String) async throws {
        let signature = S3Signature(accessKey: access, secretKey: secret, region: "us-east-1")
        let headers = signature.headers(
            "PUT",
            host: "127.0.0.1:\(port)",
            path: "/\(name)",
            payload: S3Signature.emptyPayload,
            at: UnixSeconds(Date().timeIntervalSince1970)
        )
        let answer = try await web.send(
            WebRequest(
                method: .put,
                url: "http://127.0.0.1:\(port)/\(name)",
                headers: headers,
                guardAddresses: false
            )
        )
        try #require(answer.status == 200, "\(answer.text)")
    }
}

private enum Moto {
    static let program = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: ".local/moto/bin/moto_server").path
}
