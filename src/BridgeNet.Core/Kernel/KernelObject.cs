using System.Text.Json.Serialization;

namespace BridgeNet.Kernel;

/// <summary>
/// One thing of the kernel as it should be: data that can be compared, written down, shown as commands, and made so. A change is what two lists
/// of these differ by, so creating, changing, removing and repairing all come down to <see cref="Make"/> and <see cref="Remove"/>.
/// </summary>
[JsonDerivedType(typeof(KeptNamespace), "namespace")]
[JsonDerivedType(typeof(BridgeLink), "bridge")]
[JsonDerivedType(typeof(BorrowedBridge), "borrowed")]
[JsonDerivedType(typeof(VethLink), "veth")]
[JsonDerivedType(typeof(LinkProperty), "property")]
[JsonDerivedType(typeof(LinkUp), "up")]
[JsonDerivedType(typeof(LinkSettings), "settings")]
[JsonDerivedType(typeof(HostSetting), "setting")]
[JsonDerivedType(typeof(LinkAddress), "address")]
[JsonDerivedType(typeof(SubnetRoute), "subnet-route")]
[JsonDerivedType(typeof(BridgePortFlags), "port")]
[JsonDerivedType(typeof(SenderCheck), "sender")]
[JsonDerivedType(typeof(DefaultRoute), "default-route")]
[JsonDerivedType(typeof(BridgeMember), "member")]
[JsonDerivedType(typeof(PortEntry), "entry")]
[JsonDerivedType(typeof(StrayEnd), "stray-end")]
[JsonDerivedType(typeof(ReturnedNamespace), "returned-namespace")]
internal abstract record KernelObject
{
    /// <summary>By what it is the same thing before a change and after it, whatever else differs.</summary>
    public abstract string Key { get; }

    /// <summary>The key of the link or namespace that it comes and goes with; null for one that stands by itself.</summary>
    public virtual string? Parent => null;

    /// <summary>When it is its turn.</summary>
    public abstract Stage Stage { get; }

    /// <summary>The namespace that it is changed in: in a container's, root there may have done anything, and no other's work may depend on it.</summary>
    [JsonIgnore]
    public virtual Place Where => Place.Host;

    /// <summary>What of it a bridge keeps with its port, so that it is lost when the link leaves the bridge; null for nothing.</summary>
    [JsonIgnore]
    public virtual KernelObject? OfPort => null;

    /// <summary>Whether there is nothing to do to come here from how it was.</summary>
    public virtual bool IsSame(KernelObject before) => Equals(before);

    /// <summary>The commands that make it so, each a line.</summary>
    /// <param name="before">How it was; null when it was not there.</param>
    public abstract IEnumerable<string> Words(KernelObject? before);

    /// <summary>The commands that remove it, each a line.</summary>
    public abstract IEnumerable<string> RemovalWords();

    /// <summary>Makes it so, whatever of that is done already.</summary>
    /// <param name="kernel">The way to the kernel.</param>
    /// <param name="before">How it was; null when it was not there. A thing that was there and is gone by now is left to a repair.</param>
    public abstract void Make(KernelAccess kernel, KernelObject? before);

    /// <summary>Removes it where it is there and ours.</summary>
    public abstract void Remove(KernelAccess kernel);

    /// <summary>In what the kernel has it otherwise; nothing where it is as it should be, or what it stands on is not there.</summary>
    public virtual IEnumerable<Deviation> Compare(ActualState actual) => [];
}

/// <summary>The order in which things come: each after what it stands on, and links up after the rules that guard them. They go in the reverse order.</summary>
internal enum Stage
{
    /// <summary>Namespaces of containers.</summary>
    Namespace,

    /// <summary>Bridges, down.</summary>
    Bridge,

    /// <summary>What is set on bridges.</summary>
    BridgeSettings,

    /// <summary>The host's addresses on bridges.</summary>
    BridgeAddress,

    /// <summary>The host's forwarding.</summary>
    Forwarding,

    /// <summary>Rules: before anything can send.</summary>
    Rules,

    /// <summary>Bridges up.</summary>
    BridgeUp,

    /// <summary>Veth pairs, the host's end up.</summary>
    Link,

    /// <summary>What is set on bridge ports.</summary>
    Port,

    /// <summary>What is set on interfaces inside.</summary>
    InsideSettings,

    /// <summary>Addresses inside.</summary>
    InsideAddress,

    /// <summary>Interfaces inside up.</summary>
    InsideUp,

    /// <summary>Routes inside.</summary>
    Route,

    /// <summary>Name files.</summary>
    Names,

    /// <summary>What follows from all of it and has no undo: flows forgotten, neighbours notified.</summary>
    Aftermath,
}
