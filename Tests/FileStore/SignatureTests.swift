import DomainModel
import Foundation
import Testing

@testable import FileStore

/// AWS' own examples (spec 5 §9).
@Suite("Signature Version 4") struct SignatureTests {
    private let signature = S3Signature(
        accessKey: "AKIAIOSFODNN7EXAMPLE",
        secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        region: "us-east-1"
    )
    private let host = "examplebucket.s3.amazonaws.com"
    /// 2013-05-24T00:00:00Z
    private let moment: UnixSeconds = 1_369_353_600

    @Test("a link that is signed beforehand") func link() {
        let query = signature.query(host: host, path: "/test.txt", seconds: 86_400, at: moment)
        #expect(
            query.hasSuffix(
                "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
            )
        )
        #expect(query.contains("X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"))
        #expect(query.contains("X-Amz-Date=20130524T000000Z"))
    }

    @Test("the canonical request of that link") func canonical() {
        let query = [
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Date": "20130524T000000Z", "X-Amz-Expires": "86400",
            "X-Amz-SignedHeaders": "host",
            "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request",
        ]
        let request = S3Signature.canonical(
            "GET",
            path: "/test.txt",
            query: query,
            headers: ["host": host],
            payload: "UNSIGNED-PAYLOAD"
        )
        #expect(
            ContentHash(of: Array(request.text.utf8)).hex
                == "3bfa292879f6447bbcda7001decf97f4a54dc650c8942174ae0a9121cf58ad04"
        )
    }

    @Test("headers, one of the caller's among them") func headers() throws {
        let headers = signature.headers(
            "GET",
            host: host,
            path: "/test.txt",
            headers: ["range": "bytes=0-9"],
            payload: S3Signature.emptyPayload,
            at: moment
        )
        let authorization = try #require(headers.first { $0.name == "Authorization" }?.value)
        #expect(authorization.contains("SignedHeaders=host;range;x-amz-content-sha256;x-amz-date"))
        #expect(
            authorization.hasSuffix("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        )
    }

    @Test("what is not plain is encoded by its bytes, in capitals")
    func encoding() {
        #expect(S3Signature.encode("a b/ü~+", keeping: "/") == "a%20b/%C3%BC~%2B")
        #expect(S3Signature.encode("a/b") == "a%2Fb")
        #expect(S3Signature.stamp(1_793_750_709) == "20261104T000509Z")
    }
}
