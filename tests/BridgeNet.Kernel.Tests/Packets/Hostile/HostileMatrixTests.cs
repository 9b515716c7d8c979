using Xunit;

namespace BridgeNet.Kernel.Tests.Packets.Hostile;

/// <summary>
/// Whatever root in a container and a machine on the wire send, in every family that a network was and was not given: what
/// should arrive does, and nothing else. An emptied set opens nothing. Afterwards the same frames are sent without any protection, which
/// shows that each
/// way of trying is one that gets through.
/// </summary>
public sealed class HostileMatrixTests
{
    /// <summary>What the kernel stops by itself, with or without rules.</summary>
    private static readonly string[] s_kernels = ["IPv6 host's loopback", "IPv6 from loopback", "IPv6 out from link-local"];

    public static TheoryData<string, string> Cases => Matrix.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Nothing_gets_where_it_should_not(string backend, string bridged)
    {
        // One for each case: in the last one's, connections that it let through would still be known.
        using PrivateNamespace space = new();
        EngineSpace.In(space, backend, (engine, state) => NothingGetsWhereItShouldNot(engine, state, backend, bridged));
    }

    private static void NothingGetsWhereItShouldNot(Session engine, string state, string backend, string bridged)
    {
        using BridgeNetfilter _ = new(bridged);
        using Battlefield field = new(engine, state);
        IReadOnlyList<Attack> attacks = new Attacks(field).All();
        bool[] reached = Send(field, attacks, first: 0, wait: true);
        string[] surprises =
        [
            .. attacks
                .Where((attack, i) => reached[i] != attack.Reaches)
                .Select(static attack => $"{attack.What} {(attack.Reaches ? "does not reach" : "reaches")} {attack.At}"),
        ];
        // On a kernel without tables for links the rules are alone with what comes to the host.
        Battlefield.DeleteIngress();
        bool[] ruled = Send(field, attacks, first: attacks.Count, wait: false);
        Battlefield.Empty(backend);
        bool[] emptied = Send(field, attacks, first: 2 * attacks.Count, wait: false);
        string[] without =
        [
            .. attacks
                .Where((attack, i) => ruled[i] && !attack.Reaches)
                .Select(static attack => $"{attack.What} reaches {attack.At} without the table for links"),
        ];
        string[] opened =
        [
            .. attacks
                .Where((attack, i) => emptied[i] && !attack.Reaches)
                .Select(static attack => $"{attack.What} reaches {attack.At} without what the networks brought"),
        ];
        field.Lift(backend);
        bool[] unprotected = Send(field, attacks, first: 3 * attacks.Count, wait: false);
        Counts.Print(
            $"{backend}, bridge-nf-call {bridged}: {attacks.Count} attempts; {reached.Count(static one => one)} reached, {reached.Count(static one => !one)} blocked; {emptied.Count(static one => one)} reached with the sets of networks emptied; "
                + $"of the blocked ones {attacks.Where((_, i) => !reached[i] && unprotected[i]).Count()} get through without protection"
        );
        Assert.True(surprises.Length + without.Length + opened.Length == 0, string.Join('\n', [.. surprises, .. without, .. opened]));
        string[] empty =
        [
            .. attacks
                .Select((attack, i) => (attack.Way, Reached: reached[i] || unprotected[i]))
                .GroupBy(static one => one.Way)
                .Where(static way => !way.Any(static one => one.Reached))
                .Select(static way => way.Key)
                .Except(s_kernels),
        ];
        Assert.True(empty.Length == 0, $"Nothing gets through in any case, so nothing is shown by: {string.Join(", ", empty)}");
    }

    private static bool[] Send(Battlefield field, IReadOnlyList<Attack> attacks, int first, bool wait)
    {
        for (int i = 0; i < attacks.Count; i++)
        {
            foreach (byte[] frame in attacks[i].Frames(first + i))
                field.Send(attacks[i].From, frame);
            if (i % 20 == 0)
                field.Watch.Read(0);
        }
        bool Reached(int i) => field.Watch.Has(attacks[i].At, first + i);
        field.Watch.Until(() => !wait || Enumerable.Range(0, attacks.Count).All(i => !attacks[i].Reaches || Reached(i)));
        return [.. Enumerable.Range(0, attacks.Count).Select(Reached)];
    }
}
