import DomainModel
import Persistence
import Postgres

/// The agency's own account and who belongs to it.
enum StaffAccount {
    /// Adds a member of staff, and the agency's account with the first.
    /// - Returns: false when the address is taken already; nothing is changed then.
    static func add(
        email: EmailAddress,
        name: String,
        role: StaffRole,
        passwordHash: String,
        agency: String,
        in tx: PostgresTransaction
    ) async throws -> Bool {
        // One at a time, so that two first members do not make two agencies.
        try await tx.query("select pg_advisory_xact_lock(hashtext('igny8:agency'))")
        guard try await Users.credentials(email: email, in: tx) == nil else { return false }
        let account = try await agencyAccount(named: agency, email: email, in: tx)
        _ = try await Users.create(
            account: account,
            email: email,
            name: name,
            passwordHash: passwordHash,
            role: .admin,
            staffRole: role,
            in: tx
        )
        return true
    }

    private static func agencyAccount(
        named name: String,
        email: EmailAddress,
        in tx: PostgresTransaction
    ) async throws -> Account.ID {
        if let staff = try await Users.staff(in: tx).first { return staff.accountID }
        return try await Accounts.create(
            name: name,
            plan: .scale,
            timeZoneName: "UTC",
            currency: .usd,
            billingEmail: email,
            in: tx
        ).id
    }
}
