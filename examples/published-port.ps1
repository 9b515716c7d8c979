# A port of a container, published on the host: packets to it are translated, and the container's own address stays closed to other networks.
. $PSScriptRoot/Expect.ps1

Complete {
    Step 'A server in a container, its port 8080 published as 18080 of the host'
    New-BridgeNetwork web -Subnet 10.83.0.0/24 | Out-Null
    New-BridgeNetwork other -Subnet 10.84.0.0/24 | Out-Null
    New-BridgeContainer server -Network web -IPAddress 10.83.0.2 -Publish 18080:8080 | Out-Null
    New-BridgeContainer client -Network web | Out-Null
    New-BridgeContainer stranger -Network other | Out-Null
    Get-BridgePort | Out-Default

    $pwsh = [Environment]::ProcessPath
    # Any program will do; this one is on every machine that runs the example.
    $serve = '$l = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Any, 8080); $l.Start(); while ($true) { $c = $l.AcceptTcpClient(); $c.GetStream().Write([Text.Encoding]::ASCII.GetBytes("hello`n")); $c.Close() }'
    $module = (Get-Module BridgeNet).Path
    $server = Start-ThreadJob { Import-Module $using:module; Invoke-BridgeContainer server $using:pwsh -NoProfile -NonInteractive -Command $using:serve }
    try {
        $patience = [Diagnostics.Stopwatch]::StartNew()
        while (-not ($reached = Test-BridgeConnection client server -TcpPort 8080 -Count 1 -TimeoutMilliseconds 200 -Quiet) -and $server.State -in 'NotStarted', 'Running' -and $patience.Elapsed.TotalSeconds -lt 60) { }
        Receive-Job $server
        Expect 'a neighbour reaches the server' $reached
        # For another network, the host is its gateway.
        $read = '[IO.StreamReader]::new([Net.Sockets.TcpClient]::new("10.84.0.1", 18080).GetStream()).ReadLine()'
        Expect 'a stranger reads from the server at the host''s port' ((Invoke-BridgeContainer stranger $pwsh -NoProfile -NonInteractive -Command $read) -eq 'hello')
        Expect 'a stranger does not reach the container''s own address' (-not (Test-BridgeConnection stranger 10.83.0.2 -TcpPort 8080 -TimeoutMilliseconds 300 -Quiet))

        Step 'Closed again'
        Get-BridgePort -Container server | Unpublish-BridgePort
        Expect 'the host''s port is closed' (-not (Test-BridgeConnection stranger 10.84.0.1 -TcpPort 18080 -TimeoutMilliseconds 300 -Quiet))
    }
    finally {
        $server | Stop-Job -PassThru | Remove-Job
    }
}
exit [int] ($failed -gt 0)
