namespace Presence.Capture.Decode;

/// <summary>One frame in the columns that a protocol analyser exports, for comparing with it frame by frame.</summary>
internal sealed class FrameRow(string capture, long frame)
{
    /// <summary>The columns of 802.11, link-layer and HCI captures; those that do not apply stay empty.</summary>
    public static readonly string[] Columns =
    [
        "epoch",
        "type_subtype", "retry", "ra", "ta", "sa", "bssid", "seq", "freq_mhz", "signal_dbm", "rate_mbps", "tsft", "ssid_hex", "tags",
        "access_address", "pdu_type", "adv_addr", "tx_add_random", "length", "rssi_nordic", "rssi_rf", "chan_nordic", "chan_rf", "crc_ok_nordic",
        "event_code", "le_subevent", "bd_addr", "rssi",
        "ad_types", "company_ids", "uuid16", "name", "tx_power",
    ];

    private readonly Dictionary<string, string> _cells = new(StringComparer.Ordinal);

    public string this[string column]
    {
        set => _cells[column] = value;
    }

    /// <summary>Adds one of several values of a cell, which are joined by bars.</summary>
    public void Add(string column, string value) =>
        _cells[column] = _cells.TryGetValue(column, out var before) ? $"{before}|{value}" : value;

    public void WriteTo(TextWriter to)
    {
        to.Write(Quoted(capture));
        to.Write(',');
        to.Write(frame);
        foreach (var column in Columns)
        {
            to.Write(',');
            if (_cells.TryGetValue(column, out var cell)) to.Write(Quoted(cell));
        }

        to.Write('\n');
    }

    public static void WriteHeader(TextWriter to) => to.Write($"capture,frame,{string.Join(',', Columns)}\n");

    /// <summary>Names come from strangers: quoted where they hold what separates, and nulls dropped, which no table can hold.</summary>
    private static string Quoted(string cell)
    {
        cell = cell.Replace("\0", "", StringComparison.Ordinal);
        return cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
