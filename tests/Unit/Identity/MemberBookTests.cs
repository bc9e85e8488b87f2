using System.Buffers;
using Presence.Identity;

namespace Presence.Unit.Identity;

public sealed class MemberBookTests
{
    private static readonly MemberId Anna = new(Guid.Parse("11111111-1111-1111-1111-111111111111"));
    private static readonly DeviceToken Phone = new(0xC0FFEE);

    [Fact]
    public void A_bound_phone_leads_to_the_member_who_agreed() => Assert.Equal(Anna, Joined(Purposes.Presence).Resolve(Phone)?.Member);

    [Fact]
    public void A_member_who_did_not_agree_cannot_be_bound()
    {
        var book = new MemberBook();
        book.Join(new KnownMember(Anna, null, "en", Purposes.Marketing, 0));
        Assert.False(book.Bind(Anna, Phone));
        Assert.Null(book.Resolve(Phone));
    }

    [Fact]
    public void Taking_consent_back_cuts_the_link_and_giving_it_again_does_not_restore_it()
    {
        var book = Joined(Purposes.Presence);
        book.SetConsent(Anna, Purposes.None);
        Assert.Empty(book.BoundTokens);
        book.SetConsent(Anna, Purposes.Presence);
        Assert.Null(book.Resolve(Phone));
    }

    [Fact]
    public void An_erased_member_never_comes_back_by_replay()
    {
        var book = Joined(Purposes.Presence);
        book.Erase(Anna);
        Assert.False(book.Join(new KnownMember(Anna, "05-04", "en", Purposes.Presence, 0)));
        Assert.Null(book.Resolve(Phone));
        Assert.Equal(0, book.Count);
    }

    [Fact]
    public void A_phone_that_changed_hands_is_the_newest_owners()
    {
        var book = Joined(Purposes.Presence);
        var ben = new MemberId(Guid.Parse("22222222-2222-2222-2222-222222222222"));
        book.Join(new KnownMember(ben, null, "zh", Purposes.Presence, 0));
        book.Bind(ben, Phone);
        Assert.Equal(ben, book.Resolve(Phone)?.Member);
    }

    [Fact]
    public void A_book_saved_and_loaded_is_the_same_book()
    {
        var book = Joined(Purposes.Presence | Purposes.Marketing);
        book.Erase(new MemberId(Guid.Parse("33333333-3333-3333-3333-333333333333")));
        book.Grade(Anna, "gold", ["press"]);
        var from = new StateReader(Saved(book));
        var again = MemberBook.Load(ref from);
        Assert.True(from.AtEnd);
        Assert.Equal("gold", again.Find(Anna)?.Tier);
        Assert.Equal(Saved(book), Saved(again));
        Assert.Equal(Anna, again.Resolve(Phone)?.Member);
    }

    private static byte[] Saved(MemberBook book)
    {
        var to = new ArrayBufferWriter<byte>();
        book.Save(new StateWriter(to));
        return to.WrittenSpan.ToArray();
    }

    private static MemberBook Joined(Purposes purposes)
    {
        var book = new MemberBook();
        book.Join(new KnownMember(Anna, "05-04", "zh-CN", purposes, 42));
        book.Bind(Anna, Phone);
        return book;
    }
}
