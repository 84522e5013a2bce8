"""Words that units' names begin with, that names go on with, and that end them: the verbs of duties."""

import re
from typing import Final


def words(listed: str) -> tuple[str, ...]:
    """Return the words of a list with semicolons between them."""
    return tuple(" ".join(word.split()) for word in listed.split(";") if word.strip())


HEADS: Final = words(
    """
    sở; phòng; ban; ủy ban nhân dân; ubnd; hội đồng nhân dân; hđnd; tt.hđnd; văn phòng; vp; công an; bộ; cục; vụ; chi cục; tổng cục;
    trung tâm; tt; thanh tra; đài; báo; hội; đoàn; trường; tổ; trạm; bệnh viện; kho bạc; ngân hàng; bảo hiểm xã hội; bhxh; viện;
    học viện; tổng công ty; tập đoàn; công ty; điện lực; liên đoàn; mặt trận; mttq; ủy ban; hiệp hội; hạt; đội; tòa án; ban chỉ huy;
    bộ chỉ huy; bch; bchqs; bộ tư lệnh; thành đoàn; huyện đoàn; tỉnh đoàn; thị đoàn; xã đoàn; đảng ủy; huyện ủy; thị ủy; thành ủy;
    tỉnh ủy; quận ủy; chính phủ; hợp tác xã; htx; liên minh; nhà văn hóa; thư viện; bảo tàng; quỹ; khối; cụm; hội đồng; xí nghiệp;
    nhà máy; cảng; thuế; hải quan; chi nhánh; cơ quan; đơn vị; bưu điện; viễn thông; đồn; kiểm toán; ubmttq; ubmttqvn; ttđvhc; bql;
    công đoàn; khoa; tiểu ban; trung đoàn; chi đội; đội quản lý; nhà trường; vườn quốc gia; khu bảo tồn; khu quản lý; tổng đội;
    nhóm; ttytdp; ttyt; ban giám hiệu; ban giám đốc; thường trực; ban quản lý; ban chỉ đạo; ban tổ chức; ban tuyên giáo; phân viện;
    trại; vpđk; văn phòng đăng ký; cán bộ; công chức; viên chức; chi đoàn; liên đội; chi bộ; đảng bộ; câu lạc bộ; clb; xưởng;
    phân hiệu; đại học; cao đẳng; sư đoàn; lữ đoàn; cảnh sát; nhà xuất bản; tạp chí; lâm trường; nông trường; ngành; xã; phường;
    thị trấn; huyện; thị xã; thành phố; quận; tỉnh; thôn; nhân viên; tổng phụ trách; cụm trưởng; thủ quỹ; bến xe; hệ thống; đặc khu;
    dân quân; cổng thông tin; liên danh; hải đội; phân xưởng; bvđk; bqlda; ttvh; lđlđ; ttgdnn; cảng vụ; tiểu đoàn; đại đội;
    nhà thiếu nhi; cung thiếu nhi; evn; evnnpc; evncpc; evnspc; pc; vnpt; viettel; mobifone; vinaphone; vietcombank; vietinbank;
    agribank; bidv; kbnn; vksnd; tand; petrolimex; tổ dân phố; lực lượng; phân khu; tổng kho; kho; trạm thu phí; mạng lưới
    """
)
"""What a unit's name begins with, where it is written with a capital or stands before one."""

NO_HEADS: Final = re.compile(
    r"báo cáo|xã hội|tổ chức (?!chính trị|xã hội|thử nghiệm|đoàn thể|hành chính)|thanh tra(?:,| đột| việc| các| kiểm| công| toàn| trách|"
    r" chuyên đề)|"
    r"hội (?:nghị|thảo|thi|chợ|viên)|trường hợp|khối lượng|đội ngũ|ban hành|bộ (?:tiêu chí|thủ tục|máy|câu hỏi|chỉ số|tài liệu)"
    r"|phòng(?:,? chống| ngừa| trừ| bệnh| dịch)|đoàn kết|quỹ đất|văn phòng phẩm|báo (?:cho|động|trước)|viện (?:dẫn|trợ)|hội (?:tụ|"
    r"đủ)|trường (?:học|lớp)|cụm từ|tổ ấm|thuế (?:suất|thu|giá)|ông bà|bà con|bên cạnh|cơ sở (?:dữ|vật|hạ|pháp|để|đó)|trưởng thành|"
    r"đại diện cho|cô lập|nhóm (?:chỉ|giải|nhiệm)|trại hè|thường trực (?:24|theo)"
    r"|cán bộ, công chức|đơn vị tính|trạm dừng|bộ đội|khoa học|đài tưởng|quỹ thời|chánh trị|bên (?:ngoài|trong)|đoàn viên|"
    r"chủ tịch nước|vụ (?:đông|xuân|hè|mùa|việc|án|cháy|tai)|ban đầu|tổ dân vận|tổ quốc"
    r"|kho (?:tàng|hàng|bãi)|bản (?:đồ|vẽ|sao|chính|tin|cam|án|kê|giấy|thân|mềm|cứng|gốc|đăng|thuyết)|ấp ủ"
)
"""What only looks like the beginning of a name."""

PEOPLE: Final = words(
    """
    thủ trưởng; giám đốc; phó giám đốc; chủ tịch; phó chủ tịch; hiệu trưởng; trưởng phòng; trưởng ban; trưởng thôn; trưởng các;
    trưởng; lãnh đạo; người đứng đầu; chánh văn phòng; chánh thanh tra; chánh; bộ trưởng; cục trưởng; vụ trưởng; chi cục trưởng;
    tổng giám đốc; tổng cục trưởng; chỉ huy trưởng; viện trưởng; đội trưởng; tổ trưởng; bí thư; giáo viên; chủ đầu tư; nhà thầu;
    thương nhân; doanh nghiệp; chủ rừng; thầy; cô; ông; bà; đồng chí; đ/c; thành viên; kế toán; đại lý; tổ chức thử nghiệm;
    các tổ chức; trạm trưởng; hạt trưởng; phó trưởng; phó hiệu trưởng; phó chánh; ủy viên; đại diện; tư vấn; chủ hồ; chủ cơ sở;
    chủ tàu; chủ đập; bên; trưởng đoàn; kế toán trưởng; chủ nhiệm; chính quyền; lực lượng; cấp ủy; người sử dụng lao động;
    chủ phương tiện; đơn vị thi công; đơn vị tư vấn; đơn vị giám sát; đơn vị thiết kế; đơn vị vận hành; đơn vị quản lý;
    đơn vị cung cấp; đơn vị khai thác; đơn vị bảo trì; tư vấn giám sát; tư vấn thiết kế; nhà đầu tư; tổng thầu; đơn vị trúng thầu;
    đơn vị cung ứng; chủ hộ; chủ bến; chủ thầu; chủ dự án; cơ sở; hộ kinh doanh; hợp tác xã; trưởng khoa; trưởng bộ môn; trạm y tế;
    đài truyền thanh; hệ thống truyền thanh; cơ quan báo chí; cơ quan tài chính; cơ quan thuế; công đoàn cơ sở;
    đơn vị tư vấn giám sát; đơn vị tư vấn thiết kế
    """
)
"""Titles and kinds of people that duties are given to, in lower case as well."""

OTHERS: Final = words(
    """
    cơ quan chức năng; cơ quan chuyên môn; cơ quan có thẩm quyền; cơ quan liên quan; cơ quan có liên quan; đơn vị chức năng; đơn vị liên
    quan; đơn vị có liên quan
    """
)
"""Others that letters leave unnamed, in lower case and without "các" too."""

PLURAL: Final = words(
    """
    các; những; mọi; từng; tất cả các; toàn thể; toàn bộ các; mỗi
    """
)

COLLECTIVE: Final = words(
    """
    sở; ban; ngành; phòng; đơn vị; cơ quan; địa phương; huyện; xã; phường; thị trấn; thị xã; thành phố; quận; đoàn thể; khối; cụm;
    trường; tổ; thôn; bản; ấp; khu phố; tổ dân phố; bộ; tổ chức; hội; doanh nghiệp; bệnh viện; trung tâm; mặt trận; tỉnh;
    trung ương; chi cục; buôn; làng; đặc khu; phòng chuyên môn; khoa; tập đoàn; tổng công ty; chủ đầu tư; nhà trường; ban quản lý;
    chủ rừng; xóm; bon; thành ủy; thị ủy; huyện ủy; quận ủy; đảng ủy; cơ sở; công ty; hợp tác xã; văn phòng; bộ phận; cấp; cấp ủy;
    chính quyền; lực lượng; giới; thành phần; ngành chức năng; đội; trạm; hạt; lớp; điểm trường; hộ; nhà mạng; hợp tác xã; mầm non;
    tiểu học; trung học; mẫu giáo; cá nhân; hộ dân; hộ gia đình; chi hội; chi đoàn; chi bộ; hộ kinh doanh; nhà hàng; khách sạn;
    cửa hàng; siêu thị; nhà nghỉ; trang trại; nhà máy; xí nghiệp; ngân hàng; tổ hợp tác; đại lý
    """
)
"""Nouns that go on a collective after a comma: "các sở, ban, ngành"."""

COLLECTIVE_MARK: Final = re.compile(
    r"(?<!\w)(?<!quản lý )(?<!phát triển )(?<!điều phối )(?<!bql )(?:các|những|mọi|từng|mỗi|tất cả)(?!\w)"
    r"|^(?:đơn vị|cơ quan|thương nhân|chủ rừng|giáo viên|doanh nghiệp|đại lý|"
    r"nhà thầu)(?!\w)"
    r"|(?<!\w)cấp (?:xã|huyện|cơ sở)|(?:huyện|xã|phường|quận), (?:thị|xã|phường|thành|quận|huyện)|^ubnd (?:huyện|xã|phường|quận|"
    r"cấp xã|cấp huyện)(?:,|$)|(?<!\w)\d{1,3} (?:xã|phường|thị trấn|huyện|thôn|bản|ấp|tổ dân phố|khu phố|"
    r"trường|đơn vị|cơ quan|sở|phòng)(?!\w)|"
    r"^(?:ubnd|trường|phòng|sở) \d+\s"
)
"""What makes a name one of many units: it has to be told which."""

VERBS: Final = words(
    """
    chủ trì; phối hợp; tham mưu; trách nhiệm; chậm; vi phạm; bị; xây dựng; rà soát; tổng hợp; báo cáo; thực hiện; tổ chức;
    hoàn thiện; hoàn chỉnh; hoàn thành; lập; gửi; bố trí; chịu; có trách nhiệm; có nhiệm vụ; khẩn trương; tiếp tục; theo dõi;
    đôn đốc; hướng dẫn; chỉ đạo; phải; cần; cung cấp; cử; cân đối; thống kê; vận hành; đo; điều tra; xử lý; chuẩn bị; tập trung;
    bảo đảm; đảm bảo; thẩm định; thẩm tra; tiếp nhận; xác định; xác nhận; trình; ban hành; đăng ký; đề xuất; đề nghị; kiện toàn;
    duy trì; công bố; công khai; niêm yết; tăng cường; kiểm điểm; kiểm đếm; kiểm tra; giám sát; quản lý; cấp; chi trả; di chuyển;
    vận động; tuyên truyền; đẩy mạnh; đẩy nhanh; thành lập; nghiên cứu; tham gia; góp ý; cho ý kiến; có ý kiến; khảo sát; bổ sung;
    cập nhật; nộp; thanh tra; đánh giá; phê duyệt; thông báo; triển khai; nghiêm túc; căn cứ; sắp xếp; lấy ý kiến; thu; giải quyết;
    trả lời; trả; khắc phục; sửa chữa; lắp đặt; quan tâm; phân công; giao; đưa; làm; là cơ quan; là đơn vị; là đầu mối; là; hỗ trợ;
    sử dụng; phân bổ; quyết toán; giải ngân; bàn giao; đấu giá; tạo; chấn chỉnh; khẩn cấp; sẵn sàng; huy động; tổng kết; sơ kết;
    đối chiếu; rút kinh nghiệm; ký; kí; tự; trực tiếp; trực; chăm sóc; trồng; quyết định; yêu cầu; được; nâng cao; đầu tư; trang bị;
    tiến hành; phát động; phát huy; chủ động; kịp thời; thường xuyên; nhanh chóng; lựa chọn; chọn; mời; viết; soạn thảo; soạn;
    phát hành; chuyển; mở; đóng; tháo dỡ; thu gom; thu hồi; bảo vệ; phòng chống; phát hiện; ngăn chặn; xác minh; làm rõ; giải trình;
    tiếp thu; hợp đồng; tạm ứng; quán triệt; phổ biến; nắm; cam kết; ưu tiên; lồng ghép; điều phối; điều chỉnh; điều tiết;
    phân tích; theo; đăng tải; đăng; khai thác; nhập; số hóa; dự thảo; trao đổi; thống nhất; giới thiệu; bồi dưỡng; đào tạo;
    tập huấn; rà; siết chặt; củng cố; nạo vét; gia cố; di dời; sơ tán; tổng rà soát; nghiệm thu; thi công; khởi công; tuần tra; xét;
    bình xét; chấm; chỉ trả; hạch toán; chốt; thường trực; trực ban; đề ra; mua; mua sắm; đấu thầu; phân luồng; tổ; khoanh; tiêm;
    phun; lấy; xét nghiệm; thu thập; phân tuyến; phân loại; nêu; ghi; gắn; kết nối; tích hợp; chia sẻ; thay thế; dừng; đình chỉ;
    cấm; nghiêm cấm; giải phóng; bám sát; căn cứ vào; trên cơ sở; khi; nếu; đã; đang; sẽ; chưa; không; cùng; có; hằng ngày; định kỳ;
    vào; trước; chậm nhất; trong; đồng thời; để; nhằm; về; gồm; thuộc diện; tích cực; kiểm soát; kiểm kê; kiểm định; rà xét;
    khuyến khích; đồng hành; cắm; treo; vệ sinh; dọn; phục vụ; phục hồi; khôi phục; sửa đổi; bãi bỏ; chuyển đổi; thẩm duyệt;
    kê khai; đối thoại; công nhận; bầu; biên soạn; biên tập; phát sóng; đưa tin; tường thuật; tổng duyệt; diễn tập; trang trí;
    cải tạo; nâng cấp; mở rộng; thiết kế; lập dự toán; dự toán; dự trữ; tiêu hủy; cách ly; điều trị; khám; chốt chặn; tháo gỡ;
    khẳng định; chấp hành; tuân thủ; quy định; quy hoạch; phân cấp; ủy quyền; luân chuyển; tuyển dụng; tinh giản; đóng góp;
    quyên góp; vận chuyển; tiêu thụ; khoanh nợ; cho vay; thu hút; xúc tiến; quảng bá; liên hệ; phản ánh; gặp; tham dự; đón; tiễn;
    làm việc; thăm; tặng; trao; khen thưởng; kỷ luật; nhắc nhở; phê bình; lưu ý; lưu trữ; lưu; bảo quản; trích xuất; xuất; nhận;
    phân phối; cấp phát; tạm dừng; vận dụng; áp dụng; đổi mới; cải tiến; cải cách; rút ngắn; đơn giản hóa; kết luận; đưa vào;
    chặt hạ; cắt tỉa; khoan; bơm; tưới; gieo; cày; thả; nuôi; đánh bắt; neo đậu; kêu gọi; thông tin; cảnh báo; dự báo; quan trắc;
    ứng phó; ứng trực; cứu hộ; cứu nạn; cưỡng chế; thi hành; kháng nghị; truy tố; khởi tố; xét xử; giữ; giữ gìn; truy quét;
    truy thu; truy tìm; truy vết; thông tuyến; lắp; dựng; kéo; khơi thông; nạo; gia hạn; hoàn trả; tra soát; tham vấn; họp;
    làm thủ tục; gỡ; phát; chặn; khoanh vùng; thanh toán; tất toán; cải thiện; duyệt; ra; rút; tuyên dương; bồi thường; dạy; ra đề;
    in sao; niêm phong; cứu trợ; tiếp tế; xin; hiệp thương; đào; đắp; xả; tích; cắt; sơn; kẻ; chỉnh trang; ra quân; phủ; kết thúc;
    khai mạc; đảm nhận; đảm nhiệm; phụ trách; cụ thể hóa; chứng thực; xóa; hạn chế; giảm; tăng; bảo trì; bảo dưỡng; duy tu; thay;
    thay mặt; trợ giúp; tư vấn; tìm kiếm; tìm; dự kiến; lên; đề cử; điều động; biệt phái; tuyển; xếp; chuyển giao; số hoá; cài đặt;
    sao lưu; nhân rộng; khai báo; khai; xuất bản; thu mua; thu hoạch; cấy; tiêu thoát; ngừng; hoãn; cung ứng; phối kết hợp;
    đồng chủ trì; gắn kết; quản trị; sáp nhập; giải thể; hợp nhất; bổ nhiệm; miễn nhiệm; nêu cao; lãnh đạo; chỉ huy; trưng cầu;
    mua bán; bán; cho thuê; thuê; vay; đòi; chia; tách; gộp; ghi chép; ghi nhận; nhập liệu; đối soát; hậu kiểm; tiền kiểm; lấy mẫu;
    gọi; nhắn; phát thông báo; vào cuộc; ra mắt; đưa ra; thực thi; thụ lý; thực hành; khoán; giám định; thẩm vấn; ứng cứu; ứng dụng;
    chi viện; trợ cấp; phân vùng; phân kỳ; phân khai; phân nhiệm; luyện tập; huấn luyện; tập luyện; hội ý; giao ban; chào cờ;
    đốc thúc; đôn thúc; rà lại; chuẩn hóa; chuẩn hoá; xã hội hóa; hoàn tất; hướng tới; kiên quyết; quyết liệt; chịu trách nhiệm;
    phấn đấu; cố gắng; tạo điều kiện; bám; đi đầu; gương mẫu; nhận diện; cắt giảm; kết hợp; đặt; vớt; nhổ; phá; đốt; rải; rửa; tẩy;
    sấy; sửa; vá; lát; lu; trải; thông xe; khánh thành; bàn; bàn bạc; nghe; xem xét; xem; cân nhắc; thảo luận; tranh thủ; dành;
    chừa; bảo lưu; bảo toàn; gia công; chế biến; sản xuất; kinh doanh; phân bón; gieo trồng; ươm; tái đàn; thả giống; thực địa;
    đi kiểm tra; tới; xuống; đến; cùng với; căn chỉnh; kết chuyển; hoàn ứng; đối trừ; lập lại; thiết lập; thu xếp; dàn xếp;
    hòa giải; hoà giải; trích lập; khấu trừ; truyền thông; cổ động; phát thanh; đăng phát; livestream; bình chọn; tôn vinh;
    vinh danh; viếng; dâng hương; tảo mộ; giúp; nên; hoặc; nào; điều hành; kiến nghị; trưng bày; sưu tầm; ký kết; khống chế;
    dập dịch; dập tắt; khử khuẩn; khử trùng; tiêu độc; tiêu úng; rắc; chăm lo; giải tỏa; thu tiền; thu phí; miễn; tính toán;
    tập hợp; tích lũy; tiết kiệm; khởi động; gặp gỡ; tiếp xúc; tiếp đón; đón tiếp; định hướng; xác lập; thỏa thuận; thương thảo;
    đính chính; đấu tranh; trấn áp; triệt phá; tịch thu; xử phạt; phòng ngừa; trang cấp; tập kết; đấu nối; mở cống; cảnh giới;
    canh gác; soát xét; chỉnh sửa; chỉnh lý; hiệu chỉnh; in; sao chụp; quét; quay phim; ghi hình; đưa đón; chở; động viên; thăm hỏi;
    lắng nghe; chỉnh đốn; xem lại; làm mới; nâng; đo đạc; đo vẽ; trích đo; thẩm tra; giao nộp; truyền tải; phối trộn; điểm danh; rà;
    vẽ; xây; trám; dự trù; phản ánh; khuyến cáo; kiểm sát; sàng lọc; khơi; súc rửa; thau rửa; chặt; tỉa; sau; lục soát; mật phục;
    bắt giữ; tạm ngưng; gấp rút; ấn định; trang hoàng; sát hạch; thi tuyển; vận dụng; bắt; truy bắt; chi; kích hoạt; liên kết;
    ký cam kết; rút gọn; bảo lãnh; bảo đảm; tu bổ; tu sửa; trùng tu; tôn tạo; cơ cấu; phát dọn; bù; chiêu sinh; thu dung; cấp cứu;
    bốc; súc xả; biểu diễn; chụp; ghép; canh; thắp; gỡ bỏ; thu nộp; tham quan; đục; phủ sóng; giăng; đan; xua; chèn; bọc; chằng;
    neo; rọc; ôn tập; phụ đạo; cai nghiện; quản thúc; áp giải; dẫn giải; thương lượng; góp; dán; khóa; khai giảng; dùng; phân phát;
    dự giờ; dự họp; dự lễ; dự hội nghị
    """
)
"""Verbs and other words in lower case with which, after a unit's name, what it has to do begins."""

INSIDE_NAMES: Final = words(
    """
    đầu tư xây dựng; công nghệ thông tin; văn hóa thông tin; phát thanh truyền hình; dự án đầu tư; quản lý dự án; đầu tư công;
    và kiểm tra; và xây dựng; và quản lý; và đào tạo; và theo dõi; kiểm tra; quản lý; thanh tra; điều tra; phục vụ; xây dựng;
    chỉ đạo; tổ chức; đào tạo; công bố; giải phóng mặt bằng; kiểm định; điều hành; tiếp nhận và trả kết quả; tiếp công dân;
    giám sát; thẩm định; đánh giá; bồi thường; quan trắc; đăng ký; cứu hộ; cứu nạn; khám; bảo vệ; bảo trợ; khuyến công;
    chuyển đổi số; chấm; xét; phòng chống; phòng, chống; hỗ trợ; tư vấn; cải cách; thi công; chủ trì nhiệm vụ; phân phối;
    nhận quyền; khai thác; sản xuất; kinh doanh; đầu mối; bán lẻ; đầu mối kinh doanh; đầu mối sản xuất; nhận quyền bán lẻ;
    phát thanh; và phát thanh; quy hoạch xây dựng; thực hiện nhiệm vụ; được giao; được phân công; phát triển; được thanh tra;
    được kiểm tra; được kiểm toán; được giám sát; được ủy quyền; giám sát đầu tư; trực thuộc; tương đương; chấp hành; kiểm sát;
    tuyển sinh; tuyển dụng; kỷ luật; phối hợp phổ biến; bầu cử; tội phạm sử dụng công nghệ cao; phòng chống thiên tai
    """
)
"""Words of duties that belong to the name where they come right after its first word: "Đoàn kiểm tra", "Hội đồng thẩm định"."""

NAMING_HEADS: Final = words(
    """
    đoàn; tổ; hội đồng; ban; đội; trung tâm; nhóm; phòng; quỹ; trạm; khoa; bộ phận; các đơn vị; các phòng; cơ quan; đơn vị;
    tiểu ban; nhà thầu; liên danh nhà thầu; viện; đội xung kích; các cơ quan; các nhà thầu; thương nhân; doanh nghiệp; đại lý; báo;
    đài; tư vấn; hộ
    """
)


GOES_ON: Final = words(
    """
    tỉnh; huyện; xã; phường; quận; thị xã; thành phố; thị trấn; trung ương; trực thuộc; thuộc; của; các; trên địa bàn; trên;
    địa bàn; liên quan; có liên quan; có tên; có thẩm quyền; có chức năng; có rừng; có đất; có đê; có biển; có; chuyên môn; khác;
    còn lại; nêu trên; nói trên; này; cấp; cơ sở; và; nhân dân; nhà nước; xã hội; sở; phòng; ban; ngành; đơn vị; địa phương;
    cơ quan; nơi; ven biển; miền núi; vùng; sâu; xa; hạ du; đầu nguồn; phía; bắc; nam; công lập; ngoài công lập; tư thục; trung học;
    phổ thông; tiểu học; mầm non; mẫu giáo; dạy nghề; nghề nghiệp; thường xuyên; đa khoa; trung tâm; khu vực; liên huyện; đoàn thể;
    chính trị; tổ chức; hội; tại; ở; trong; ngoài; quản lý; phụ trách; dự án; công trình; thôn; bản; ấp; tổ dân phố; khu phố; khu;
    buôn; làng; xóm; nông nghiệp; lâm nghiệp; thủy sản; dịch vụ; du lịch; vận tải; chi nhánh; ven; hạ lưu; thượng nguồn; trọng điểm;
    biên giới; vùng cao; đặc biệt khó khăn; giáp ranh; nội thành; ngoại thành; trung du; đồng bằng; bãi ngang; hải đảo; dọc; số
    """
)
"""Words in lower case that a name with an area in it, or a collective, may go on with; any other word begins what is to be done."""

COMPOUNDS: Final = words(
    """
    chăn nuôi; nuôi trồng; trồng trọt; thu hồi; thu gom; đo đạc; cấp nước; cấp thoát nước; tiếp dân; tiếp công dân; thi hành án;
    thi đua; xuất nhập cảnh; chăm sóc; nuôi dưỡng; cai nghiện; giao dịch; giao thông; giao đất; lập pháp; ký túc xá; thu ngân;
    kiểm dịch; kiểm nghiệm; đăng ký; kiểm định; thẩm định; tổ chức; xúc tiến; phát triển; điều tra; quy hoạch; giải phóng;
    khuyến nông; làm vườn; truyền thông; thông tin; xây dựng; đầu tư; đào tạo; quản lý; bảo vệ; kiểm tra; giám sát; phục vụ; hỗ trợ;
    tư vấn; vận tải; cứu hộ; cứu nạn; chính phủ; thành phố
    """
)
"""Words of two syllables or more in names, of which only the first has a capital: the second is no verb."""
