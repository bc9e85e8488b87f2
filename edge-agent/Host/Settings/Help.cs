namespace Presence.EdgeAgent.Settings;

/// <summary>What <c>--help</c> says.</summary>
internal static class Help
{
    public const string Text = """
        presence-gateway: hears devices, makes tokens of their addresses, and brings sightings to the cloud.

        presence-gateway [run] --tenant T --venue V --gateway G --spool FOLDER --broker HOST[:PORT] --day-key KEY --member-key KEY [options]
        presence-gateway [run] --identity FOLDER --spool FOLDER [options]
        presence-gateway enrol --cloud URL --code CODE --identity FOLDER [--cloud-ca FILE]
        presence-gateway reset --identity FOLDER
        presence-gateway decode FILE... | eval TASK --data DIR --out FILE
        presence-gateway --version | --help

        who and where
          --identity FOLDER              an enrolled gateway: names, broker, certificate and keys come from there
          --tenant, --venue, --gateway   names: lower-case letters, digits, hyphens
          --broker HOST[:PORT]           1883, with --tls 8883       --tls  --tls-ca FILE
          --broker-trial 00:01:00        how long a broker named by the configuration may take to answer
          --user U                       default tenant.venue.gateway
          --password-file FILE           or PRESENCE_PASSWORD        --mqtt 5|3.1.1
        keys (64 hexadecimal digits, or a file of its owner's alone)
          --day-key, --member-key
        what to listen to
          --capture [RECEIVER=]FILE      pcap, pcapng, btsnoop, gzipped or not, or a named pipe of one; may be repeated
          --as-fast                      do not wait for the frames' times
          --from-now                     play as if it began now
          --exit-when-done               end when the cloud has everything
          --listen [RECEIVER=]INTERFACE  a radio of our own, through libpcap; Wi-Fi is put into monitor mode; may be repeated
          --channels N                   channels to hop over; may be repeated       --dwell 00:00:00.250
          --hci [RECEIVER=]hci0          a Bluetooth controller for ourselves, for dense places      --ble-active
          --bluez [RECEIVER=]hci0        a Bluetooth adapter shared through BlueZ
          --udp [FIRST=]ADDRESS:PORT     firmware that sends frames by UDP; its radios count on from FIRST
          --serial [FIRST=]DEVICE[@SPEED]  firmware on a serial line, at 921600 baud or at SPEED
          --feeds FILE                   systems a mall has already: Meraki, Mist, Aruba, Cisco Spaces, ESPresense, Theengs
          --gpio CHIP                    pins, for example /dev/gpiochip0
          --door NUMBER=OUTER,INNER      a door with two light beams on these lines; may be repeated
          --motion NUMBER=LINE           a motion sensor; may be repeated
          --led LINE  --reset-button LINE
          --own-network BSSID            the venue's access points; may be repeated
          --drop-unassociated            region profile
        how
          --linger 00:00:02  --forget 00:05:00  --louder-db 6  --live-limit 00:00:30  --status-every 00:01:00
          --static-after 03:00:00        what stands still for so long is not sent; 0 for never
          --spool FOLDER  --spool-capacity BYTES  --spool-ballast BYTES
        binding and health
          --bind-http [ADDRESS:]PORT     pages /bind/CODE and /healthz
          --neighbours FILE              lines 'ip mac' in place of the machine's own table
          --tag-dbm -40  --trusted-proxy ADDRESS
        trials
          --time-scale N --time-origin T --time-anchor T     a clock that runs fast
          --trace FILE                   what was sent at once, and when
          --settings FILE                all of these in JSON; the environment (PRESENCE_…) and the command line win
          --log LEVEL
        """;
}
