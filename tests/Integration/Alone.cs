using Xunit;

namespace Presence.Integration;

/// <summary>For tests that judge the memory of the process: what others hold beside them would be taken for theirs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
