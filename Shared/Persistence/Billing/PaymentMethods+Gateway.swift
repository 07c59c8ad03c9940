public import DomainModel
public import Postgres

extension PaymentMethods {
    /// The method that a gateway knows by this name, `pm_…`.
    public static func find(
        _ kind: PaymentMethodKind,
        reference: String,
        for tenant: Tenant,
        in queries: some PostgresQuerying
    ) async throws -> Stored<PaymentMethod>? {
        try await queries.query(
            """
            select \(fragment: columns) from igny8_account_payment_methods
            where kind = \(kind.rawValue) and provider_reference = \(reference) and not is_deleted
                and \(fragment: tenant.owns())
            """
        ).first.map(decode)
    }

    /// The gateway has confirmed that the method can be charged, under which name, and what a person may see of it.
    /// - Parameter reference: the gateway may give a method a name of its own once it belongs to a customer.
    public static func verify(
        _ id: PaymentMethod.ID,
        reference: String,
        displayName: String,
        face: CardFace,
        in queries: some PostgresQuerying
    ) async throws {
        try await queries.query(
            """
            update igny8_account_payment_methods set is_verified = true,
                provider_reference = \(reference), display_name = \(displayName),
                brand = coalesce(\(face.brand), brand), last4 = coalesce(\(face.last4), last4),
                expires_month = coalesce(\(face.expiresMonth), expires_month),
                expires_year = coalesce(\(face.expiresYear), expires_year), country = coalesce(\(face.country), country)
            where id = \(id.rawValue) and not is_deleted
            """
        )
    }
}
