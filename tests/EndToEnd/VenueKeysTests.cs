namespace Presence.EndToEnd;

/// <summary>How gateways come to share keys that the cloud never has, through the programs as they are shipped.</summary>
public sealed class VenueKeysTests
{
    [Fact]
    public async Task All_gateways_of_a_venue_hear_one_phone_as_one_device_and_a_stolen_gateway_is_left_behind()
    {
        await using var mall = new LittleMall();
        await mall.StartCloudAsync();
        foreach (var gateway in new[] { "gw-1", "gw-2", "gw-3" })
        {
            Assert.Equal(0, (await mall.EnrolAsync(await mall.CodeAsync(gateway), mall.IdentityOf(gateway))).Code);
        }

        mall.StartGateway("gw-1");
        mall.StartGateway("gw-2");
        await mall.UntilAsync(() => mall.IsAsync("gw-1", "holdsKeys"), "the first has keys");
        await mall.UntilAsync(() => mall.IsAsync("gw-2", "holdsKeys"), "the second has them too");
        var keys = await TokenKeysAsync(mall, "gw-1");
        Assert.Equal(keys, await TokenKeysAsync(mall, "gw-2"));

        // The cloud carried them and has them nowhere: not in its store, its files, its log.
        mall.NothingOfIn(keys[12..44], "cloud");
        mall.NothingOfIn(keys[44..76], "cloud");

        // A third that comes late, while the first is away, gets them from the second.
        await mall.KillGatewayAsync("gw-1");
        mall.StartGateway("gw-3");
        await mall.UntilAsync(() => mall.IsAsync("gw-3", "holdsKeys"), "the late one has them");
        Assert.Equal(keys, await TokenKeysAsync(mall, "gw-3"));

        // The third is stolen: those who stay get keys that it does not know, and one that was away when it happened gets them as it comes back.
        using var revoked = await mall.Http.PostAsync(new Uri("/api/v1/venues/mall/gateways/gw-3/revocation", UriKind.Relative), null);
        Assert.True(revoked.IsSuccessStatusCode);
        await mall.UntilAsync(async () => !(await TokenKeysAsync(mall, "gw-2")).SequenceEqual(keys), "the second has new keys");
        mall.StartGateway("gw-1");
        await mall.UntilAsync(() => mall.IsAsync("gw-1", "holdsKeys"), "the first has them as well");
        var after = await TokenKeysAsync(mall, "gw-2");
        Assert.Equal(after, await TokenKeysAsync(mall, "gw-1"));
        Assert.Equal(keys, await TokenKeysAsync(mall, "gw-3"));
        Assert.NotEqual(keys[12..44], after[12..44]);
        Assert.NotEqual(keys[44..76], after[44..76]);
    }

    // Generation, day, day key and member key, as they lie in the gateway's own file.
    private static async Task<byte[]> TokenKeysAsync(LittleMall mall, string gateway) =>
        (await File.ReadAllBytesAsync(Path.Combine(mall.IdentityOf(gateway), "venue-keys")))[..76];
}
