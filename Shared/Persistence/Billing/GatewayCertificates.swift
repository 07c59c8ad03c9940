public import Postgres

/// `igny8_gateway_certificates`: what gateways sign their webhooks with, by address. They belong to no account.
public enum GatewayCertificates {
    /// The certificate as it was fetched, if it was.
    public static func find(_ url: String, in queries: some PostgresQuerying) async throws -> [UInt8]? {
        try await queries.query("select certificate from igny8_gateway_certificates where url = \(url)")
            .first.map { row in try row.decode("certificate") }
    }

    /// Keeps a certificate.
    public static func keep(_ certificate: [UInt8], of url: String, in queries: some PostgresQuerying) async throws {
        try await queries.query(
            """
            insert into igny8_gateway_certificates (url, certificate) values (\(url), \(certificate))
            on conflict (url) do update set certificate = excluded.certificate, fetched_at = now()
            """
        )
    }
}
