using System.Buffers.Binary;
using System.Text;

namespace Presence.Capture.Radios.Bluetooth;

/// <summary>What of a message of D-Bus is looked at.</summary>
/// <param name="Type">1 a call, 2 a reply, 3 an error, 4 a signal.</param>
/// <param name="ReplyTo">Serial of the call that this answers.</param>
/// <param name="Body">Its values: text for strings, paths and signatures; bytes for arrays of bytes; lists and dictionaries for the rest.</param>
internal sealed record DBusMessage(int Type, uint ReplyTo, string Path, string Interface, string Member, string Error, IReadOnlyList<object> Body);

/// <summary>Writes and reads messages of D-Bus, little-endian. Source: dbus.freedesktop.org, D-Bus Specification 0.43, "Message Format".</summary>
internal static class DBusCodec
{
    /// <summary>Longest message taken. Default 4 MB: all devices that BlueZ remembers, by thousands.</summary>
    public const int Longest = 4 << 20;

    private const int Deepest = 16;

    /// <summary>Writes a call whose arguments are text, or for <c>a{sv}</c> a dictionary of text and booleans.</summary>
    public static byte[] Call(uint serial, string destination, string path, string face, string member, string signature = "", params object[] arguments)
    {
        var body = new Writer();
        foreach (var argument in arguments)
        {
            if (argument is string text) body.Text(text);
            else body.Options((IReadOnlyDictionary<string, object>)argument);
        }

        var fields = new Writer();
        foreach (var (code, type, value) in new[] { (1, "o", path), (6, "s", destination), (2, "s", face), (3, "s", member), (8, "g", signature) })
        {
            if (value.Length > 0)
            {
                fields.Align(8);
                fields.Byte((byte)code);
                fields.Signature(type);
                if (type == "g") fields.Signature(value);
                else fields.Text(value);
            }
        }

        var message = new Writer();
        foreach (var b in (ReadOnlySpan<byte>)[(byte)'l', 1, 0, 1]) message.Byte(b);
        message.Number((uint)body.Length);
        message.Number(serial);
        message.Number((uint)fields.Length);
        message.Append(fields);
        message.Align(8);
        message.Append(body);
        return message.ToArray();
    }

    /// <returns>Bytes of the whole message at the beginning; 0 while too little is there to tell.</returns>
    /// <exception cref="IOException">It is none.</exception>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 16)
        {
            return 0;
        }

        var (body, fields) = (BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));
        return bytes[0] == 'l' && bytes[3] == 1 && body <= Longest && fields <= Longest
            ? ((16 + (int)fields + 7) / 8 * 8) + (int)body
            : throw new IOException("the bus sent what is no message");
    }

    /// <param name="bytes">A whole message.</param>
    /// <exception cref="IOException">It is none.</exception>
    public static DBusMessage Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // Header and body both begin at a multiple of eight, so that alignment can be counted from the message's beginning.
            var reader = new Reader(bytes) { At = 16 };
            var fields = new Dictionary<int, object>();
            var end = 16 + (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
            while (reader.At < end)
            {
                reader.Align(8);
                var code = reader.Byte();
                fields[code] = reader.Variant(0);
            }

            reader.Align(8);
            var body = new List<object>();
            var signature = fields.GetValueOrDefault(8) as string ?? "";
            for (var at = 0; at < signature.Length;)
            {
                body.Add(reader.Value(signature, ref at, 0));
            }

            string Field(int code) => fields.GetValueOrDefault(code) as string ?? "";
            return new(bytes[1], fields.GetValueOrDefault(5) is uint reply ? reply : 0, Field(1), Field(2), Field(3), Field(4), body);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or InvalidCastException)
        {
            throw new IOException("the bus sent a message that ends too early", e);
        }
    }

    private sealed class Writer
    {
        private readonly List<byte> _bytes = [];

        public int Length => _bytes.Count;

        public void Align(int to)
        {
            while (_bytes.Count % to != 0) _bytes.Add(0);
        }

        public void Byte(byte value) => _bytes.Add(value);

        public void Number(uint value)
        {
            Align(4);
            for (var i = 0; i < 32; i += 8) _bytes.Add((byte)(value >> i));
        }

        public void Text(string text)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            Number((uint)bytes.Length);
            _bytes.AddRange(bytes);
            _bytes.Add(0);
        }

        public void Signature(string signature)
        {
            _bytes.Add((byte)signature.Length);
            _bytes.AddRange(Encoding.ASCII.GetBytes(signature));
            _bytes.Add(0);
        }

        /// <summary><c>a{sv}</c>: the length counts from the first entry, which begins at a multiple of eight.</summary>
        public void Options(IReadOnlyDictionary<string, object> options)
        {
            Number(0);
            var at = Length - 4;
            Align(8);
            var first = Length;
            foreach (var (name, value) in options)
            {
                Align(8);
                Text(name);
                Signature(value is bool ? "b" : "s");
                if (value is bool flag) Number(flag ? 1u : 0u);
                else Text((string)value);
            }

            var length = Length - first;
            for (var i = 0; i < 4; i++) _bytes[at + i] = (byte)(length >> (8 * i));
        }

        public void Append(Writer other) => _bytes.AddRange(other._bytes);

        public byte[] ToArray() => [.. _bytes];
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;

        public int At { get; set; }

        public void Align(int to) => At = ((At + to - 1) / to) * to;

        public byte Byte() => _bytes[At++];

        public object Variant(int depth)
        {
            var signature = Signature();
            var at = 0;
            return Value(signature, ref at, depth + 1);
        }

        public object Value(string signature, ref int at, int depth)
        {
            if (depth > Deepest)
            {
                throw new IOException("the bus sent values within values without end");
            }

            switch (signature[at++])
            {
                case 'y': return Byte();
                case 'b': return UInt32() != 0;
                case 'n': return (short)Whole(2);
                case 'q': return (ushort)Whole(2);
                case 'i' or 'h': return (int)UInt32();
                case 'u': return UInt32();
                case 'x': return Whole(8);
                case 't': return (ulong)Whole(8);
                case 'd': return BitConverter.Int64BitsToDouble(Whole(8));
                case 's' or 'o': return Text((int)UInt32());
                case 'g': return Signature();
                case 'v': return Variant(depth);
                case 'a': return Array(signature, ref at, depth);
                case '(':
                    Align(8);
                    var parts = new List<object>();
                    while (signature[at] != ')') parts.Add(Value(signature, ref at, depth + 1));
                    at++;
                    return parts;
                default: throw new IOException($"the bus sent a value of type '{signature[at - 1]}'");
            }
        }

        private object Array(string signature, ref int at, int depth)
        {
            var length = (int)UInt32();
            if (length < 0 || length > _bytes.Length - At)
            {
                throw new IOException("the bus sent an array longer than its message");
            }

            if (signature[at] is 'x' or 't' or 'd' or '(' or '{') Align(8);
            var end = At + length;
            if (signature[at] == 'y')
            {
                at++;
                At = end;
                return _bytes.Slice(end - length, length).ToArray();
            }

            var element = at;
            at = Skip(signature, at);
            if (signature[element] == '{')
            {
                var entries = new Dictionary<object, object>();
                while (At < end)
                {
                    Align(8);
                    var inner = element + 1;
                    var key = Value(signature, ref inner, depth + 1);
                    entries[key] = Value(signature, ref inner, depth + 1);
                }

                return entries;
            }

            var items = new List<object>();
            while (At < end)
            {
                var inner = element;
                items.Add(Value(signature, ref inner, depth + 1));
            }

            return items;
        }

        private static int Skip(string signature, int at)
        {
            var open = 0;
            do
            {
                var c = signature[at++];
                open += c is '(' or '{' ? 1 : c is ')' or '}' ? -1 : 0;
                if (open == 0 && c != 'a') return at;
            }
            while (true);
        }

        private uint UInt32() => (uint)Whole(4);

        private long Whole(int size)
        {
            Align(size);
            var slice = _bytes.Slice(At, size);
            At += size;
            return size switch
            {
                2 => BinaryPrimitives.ReadInt16LittleEndian(slice), 4 => BinaryPrimitives.ReadInt32LittleEndian(slice), _ => BinaryPrimitives.ReadInt64LittleEndian(slice),
            };
        }

        private string Text(int length)
        {
            var text = Encoding.UTF8.GetString(_bytes.Slice(At, length));
            At += length + 1;
            return text;
        }

        private string Signature() => Text(Byte());
    }
}
