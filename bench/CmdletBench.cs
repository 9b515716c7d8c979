using System.Globalization;

namespace BridgeNet.Bench;

/// <summary>Each cmdlet beside the operation of the kernel that it stands for; both take turns, so that a busy moment meets both.</summary>
internal sealed class CmdletBench(Session session, RawKernel kernel, IRawRules rules, Report report)
{
    private const int Runs = 40,
        WarmUp = 10,
        BulkRuns = 6,
        Bulk = 30;

    public void Measure(string backend)
    {
        report.Section($"{backend}: raw operations");
        Sample add = new(),
            delete = new();
        Repeat(
            [add, delete],
            _ =>
            {
                add.Time(rules.Add);
                delete.Time(rules.Delete);
            }
        );
        report.Row($"{rules.Name}: added", add);
        report.Row($"{rules.Name}: deleted", delete);

        Networks(backend, add, delete);
        Endpoints();
        Containers();
        Removals();
    }

    private void Networks(string backend, Sample rulesAdded, Sample rulesDeleted)
    {
        Sample rawMade = new(),
            rawGone = new(),
            firstMade = new(),
            lastGone = new(),
            made = new(),
            gone = new(),
            nothing = new();
        Repeat(
            [firstMade, lastGone],
            run =>
            {
                firstMade.Time(() => session.Run("New-BridgeNetwork first"));
                lastGone.Time(() => session.Run("Remove-BridgeNetwork first"));
            }
        );
        session.Run("New-BridgeNetwork standing");
        Repeat(
            [rawMade, rawGone, made, gone, nothing],
            run =>
            {
                int bridge = rawMade.Time(kernel.CreateBridge);
                made.Time(() => session.Run($"New-BridgeNetwork n{run}"));
                nothing.Time(() => session.Run($"Get-BridgeNetwork n{run}"));
                InTurn(
                    run,
                    () => rawGone.Time(() => kernel.Delete(bridge)),
                    () => gone.Time(() => session.Run($"Remove-BridgeNetwork n{run}"))
                );
            }
        );
        report.Row("bridge made, addressed, up", rawMade);
        report.Row("bridge deleted", rawGone);
        report.Section($"{backend}: networks (of: the bridge alone)");
        report.Row("New-BridgeNetwork", made, rawMade, new Target(Milliseconds: backend == "iptables" ? 8 : 2));
        report.Row("  of: bridge and rules", made, Sum(rawMade, rulesAdded));
        report.Row("Remove-BridgeNetwork", gone, rawGone, new Target(Ratio: 1.2));
        report.Row("  of: bridge and rules", gone, Sum(rawGone, rulesDeleted));
        report.Row("New-BridgeNetwork, the first: with the shared chains", firstMade, rawMade);
        report.Row("Remove-BridgeNetwork, the last: with the shared chains", lastGone, rawGone);
        report.Row("Get-BridgeNetwork NAME", nothing);
    }

    private void Endpoints()
    {
        session.Run("New-BridgeContainer c");
        Sample rawMade = new(),
            rawGone = new(),
            made = new(),
            gone = new();
        Repeat(
            [rawMade, rawGone, made, gone],
            run =>
            {
                int veth = rawMade.Time(kernel.CreateVeth);
                made.Time(() => session.Run("Connect-BridgeNetwork standing c"));
                InTurn(
                    run,
                    () => rawGone.Time(() => kernel.Delete(veth)),
                    () => gone.Time(() => session.Run("Disconnect-BridgeNetwork standing c"))
                );
            }
        );
        session.Run("Remove-BridgeContainer c");
        report.Section("Endpoints (of: the veth pair)");
        report.Row("veth pair, peer born in its namespace, addressed, up", rawMade);
        report.Row("veth pair deleted", rawGone);
        report.Row("Connect-BridgeNetwork", made, rawMade, new Target(Milliseconds: 6));
        report.Row("Disconnect-BridgeNetwork", gone, rawGone, new Target(Ratio: 1.2));
    }

    private void Containers()
    {
        Sample rawMade = new(),
            rawGone = new(),
            made = new(),
            gone = new();
        Repeat(
            [rawMade, rawGone, made, gone],
            run =>
            {
                (string space, int veth) = rawMade.Time(() => (kernel.CreateNamespace(), kernel.CreateVeth()));
                made.Time(() => session.Run($"New-BridgeContainer c{run} -Network standing"));
                InTurn(
                    run,
                    () =>
                        rawGone.Time(() =>
                        {
                            kernel.Delete(veth);
                            RawKernel.DeleteNamespace(space);
                        }),
                    () => gone.Time(() => session.Run($"Remove-BridgeContainer c{run}"))
                );
            }
        );
        report.Section("Containers on a network (of: namespace and veth pair)");
        report.Row("New-BridgeContainer -Network", made, rawMade);
        report.Row("Remove-BridgeContainer", gone, rawGone, new Target(Ratio: 1.2));
    }

    private void Removals()
    {
        Sample raw = new(),
            gone = new();
        for (int run = 0; run < BulkRuns; run++)
        {
            int[] bridges = [.. Enumerable.Range(0, Bulk).Select(_ => kernel.CreateBridge())];
            session.Run($"1..{Bulk} | ForEach-Object {{ New-BridgeNetwork bulk$_ }}");
            InTurn(
                run,
                () => raw.Time(() => kernel.Delete(bridges)),
                () => gone.Time(() => session.Run("Get-BridgeNetwork bulk* | Remove-BridgeNetwork"))
            );
        }
        report.Section(string.Create(CultureInfo.InvariantCulture, $"{Bulk} at once (of: one group deletion)"));
        report.Row($"{Bulk} bridges deleted as a group", raw);
        report.Row($"Get-BridgeNetwork bulk* | Remove-BridgeNetwork", gone, raw, new Target(Ratio: 1.2));
    }

    private static void Repeat(IReadOnlyList<Sample> samples, Action<int> work)
    {
        for (int run = 0; run < WarmUp; run++)
            work(run);
        foreach (Sample sample in samples)
            sample.Clear();
        for (int run = 0; run < Runs; run++)
            work(run);
    }

    /// <summary>
    /// Both, each first every other time: the kernel goes on cleaning up after a removal, and the second one pays for it.
    /// </summary>
    private static void InTurn(int run, Action one, Action other)
    {
        (run % 2 == 0 ? one : other)();
        (run % 2 == 0 ? other : one)();
    }

    private static Sample Sum(Sample one, Sample other)
    {
        Sample sum = new();
        sum.Add(one.Median + other.Median);
        return sum;
    }
}
