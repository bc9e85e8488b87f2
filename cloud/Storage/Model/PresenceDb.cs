using Microsoft.EntityFrameworkCore;

namespace Presence.Storage.Model;

/// <summary>The model for questions that pages ask. Read only: the one writer of a venue is its loop.</summary>
public sealed class PresenceDb(DbContextOptions<PresenceDb> options) : DbContext(options)
{
    public DbSet<VisitRecord> Visits => Set<VisitRecord>();

    public DbSet<StayRecord> Stays => Set<StayRecord>();

    public DbSet<MemberRecord> Members => Set<MemberRecord>();

    public DbSet<ConsentRecord> Consents => Set<ConsentRecord>();

    public DbSet<BindingRecord> Bindings => Set<BindingRecord>();

    public DbSet<DecisionRecord> Decisions => Set<DecisionRecord>();

    public DbSet<PointsRecord> Points => Set<PointsRecord>();

    public DbSet<RewardOrderRecord> RewardOrders => Set<RewardOrderRecord>();

    public DbSet<TaskRecord> Tasks => Set<TaskRecord>();

    public DbSet<HookRecord> Hooks => Set<HookRecord>();

    public DbSet<AlarmRecord> Alarms => Set<AlarmRecord>();

    public DbSet<RuleVersionRecord> RuleVersions => Set<RuleVersionRecord>();

    public DbSet<FactRecord> Facts => Set<FactRecord>();

    public DbSet<CouponRecord> Coupons => Set<CouponRecord>();

    public DbSet<MessageRecord> Inbox => Set<MessageRecord>();

    public DbSet<ArrivalRecord> Arrivals => Set<ArrivalRecord>();

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<VisitRecord>().ToTable("visits");
        model.Entity<StayRecord>().ToTable("stays");
        model.Entity<MemberRecord>().ToTable("members");
        model.Entity<ConsentRecord>().ToTable("consents");
        model.Entity<BindingRecord>().ToTable("bindings").HasKey(b => new { b.Venue, b.Token });
        model.Entity<DecisionRecord>().ToTable("decisions");
        model.Entity<FactRecord>().ToTable("facts");
        model.Entity<PointsRecord>().ToTable("points");
        model.Entity<RewardOrderRecord>().ToTable("reward_orders");
        model.Entity<TaskRecord>().ToTable("tasks");
        model.Entity<HookRecord>().ToTable("hooks");
        model.Entity<AlarmRecord>().ToTable("alarms");
        model.Entity<RuleVersionRecord>().ToTable("rule_versions").HasKey(r => new { r.Venue, r.Id, r.Revision });
        model.Entity<CouponRecord>().ToTable("coupons");
        model.Entity<MessageRecord>().ToTable("inbox");
        model.Entity<ArrivalRecord>().ToTable("arrivals");

        // Columns are named in snake_case in both stores.
        foreach (var property in model.Model.GetEntityTypes().SelectMany(e => e.GetProperties()))
        {
            property.SetColumnName(SnakeCase(property.Name));
        }
    }

    private static string SnakeCase(string name) => string.Concat(
        name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));
}

public sealed class VisitRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public long Token { get; init; }

    public string? Member { get; init; }

    public long Since { get; init; }

    public long Until { get; init; }

    public int Traits { get; init; }

    public int Confidence { get; init; }

    public int Sources { get; init; }

    public int Standing { get; init; }
}

public sealed class StayRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public long Token { get; init; }

    public string? Member { get; init; }

    public int Zone { get; init; }

    public long Since { get; init; }

    public long Until { get; init; }

    public int Confidence { get; init; }

    public int Sources { get; init; }
}

public sealed class MemberRecord
{
    public required string Id { get; init; }

    public int Venue { get; init; }

    public required string Nickname { get; init; }

    public string? Birthday { get; init; }

    public required string Language { get; init; }

    public int Purposes { get; init; }

    public string? Tier { get; init; }

    public required byte[] SecretHash { get; init; }

    public long JoinedAt { get; init; }
}

public sealed class ConsentRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public required string Member { get; init; }

    public int Purposes { get; init; }

    public required string TextVersion { get; init; }

    public required string Language { get; init; }

    public required string Channel { get; init; }

    public long At { get; init; }
}

public sealed class BindingRecord
{
    public int Venue { get; init; }

    public long Token { get; init; }

    public required string Member { get; init; }

    public required string How { get; init; }

    public long At { get; init; }
}

public sealed class DecisionRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public required string Member { get; init; }

    public required string Rule { get; init; }

    public int RuleVersion { get; init; }

    public required string Outcome { get; init; }

    public string? Offer { get; init; }

    public int Zone { get; init; }

    public long At { get; init; }

    public required string Gates { get; init; }
}

public sealed class CouponRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public required string Uid { get; init; }

    public required string Code { get; init; }

    public required string ShortCode { get; init; }

    public required string Qr { get; init; }

    public required string Member { get; init; }

    public required string Rule { get; init; }

    public int RuleVersion { get; init; }

    public required string Offer { get; init; }

    public required string State { get; init; }

    public long IssuedAt { get; init; }

    public long ExpiresAt { get; init; }

    public long? RedeemedAt { get; init; }

    public int? RedeemedIn { get; init; }

    public string? RedeemedBy { get; init; }

    public required string Why { get; init; }
}

public sealed class MessageRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public required string Member { get; init; }

    public required string Kind { get; init; }

    public long At { get; init; }

    public long? Coupon { get; init; }

    public required string Body { get; init; }
}

public sealed class ArrivalRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public int Zone { get; init; }

    public required string Member { get; init; }

    public long At { get; init; }

    public required string Body { get; init; }

    public string? AcknowledgedBy { get; init; }

    public long? AcknowledgedAt { get; init; }
}

public sealed class FactRecord
{
    public long Id { get; init; }

    public int Venue { get; init; }

    public required string Member { get; init; }

    public long At { get; init; }

    public long ToldAt { get; init; }

    public required byte[] Fact { get; init; }
}
