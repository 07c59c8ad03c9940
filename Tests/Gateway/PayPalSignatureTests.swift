import HTTPTypes
import Testing

@testable import Gateway

@Suite struct PayPalSignatureTests {
    @Test("the checksum is the one of ISO 3309")
    func checksum() {
        #expect(CRC32.of(Array(#"{"id":"evt_1"}"#.utf8)) == 2_394_574_875)
        #expect(CRC32.of([]) == 0)
    }

    @Test(
        "headers that are not all there, or name another algorithm, are none of PayPal's",
        arguments: ["PayPal-Transmission-Id", "PayPal-Transmission-Sig", "PayPal-Cert-Url", "PayPal-Auth-Algo"]
    )
    func incomplete(missing: String) throws {
        var headers: HTTPFields = [
            .paypalTransmissionID: "t", .paypalTransmissionTime: "2026-09-17T08:00:00Z",
            .paypalTransmissionSignature: "AAAA", .paypalAlgorithm: "SHA256withRSA",
            .paypalCertificateURL: "https://api.paypal.com/v1/notifications/certs/CERT-1",
        ]
        #expect(PayPalSignature(headers)?.isFromPayPal(api: "https://api-m.paypal.com") == true)
        headers[try #require(HTTPField.Name(missing))] = nil
        #expect(PayPalSignature(headers) == nil)
        headers[try #require(HTTPField.Name(missing))] = "SHA1withRSA!"
        #expect(missing == "PayPal-Transmission-Id" || PayPalSignature(headers)?.isFromPayPal(api: "") != true)
    }

    @Test("bytes that are no certificate are refused, wherever they are cut")
    func noCertificate() {
        #expect(SigningCertificate(pem: []) == nil)
        let deep = String(repeating: "MIIF", count: 400)
        for length in [0, 1, 2, 3, 4, 100, 1_600] {
            let text = "-----BEGIN CERTIFICATE-----\n\(deep.prefix(length))\n-----END CERTIFICATE-----"
            #expect(SigningCertificate(pem: Array(text.utf8)) == nil)
        }
    }
}
