delivery-title = Доставка
delivery-to = Кому: { $coalition }
delivery-nobody = Вы пока не присоединились к коалиции. Всё, что вы пишете, остаётся на этом устройстве.
delivery-join = Присоединиться к коалиции
delivery-all-done = Всё, что вы передали, принято. Ничего не ждёт.
delivery-waiting-bytes = Осталось отправить { $size }
delivery-send-now = Отправить сейчас
delivery-look = Узнать, есть ли новости
delivery-desk-now = Отправить и получить сейчас
delivery-running = Связываемся с сервером…
delivery-contact = Сервер последний раз отвечал { $moment }.
delivery-no-contact = Сервер пока не отвечал.
delivery-empty-title = Ничего не отправлено
delivery-empty-text = Когда вы отправите запись, здесь будет видно, где она, — пока её не прочитают.
delivery-group-waiting = Ждёт
delivery-group-held = Принято сервером
delivery-group-read = Прочитано коалицией
delivery-text-part = Текст
delivery-reply-part = Ответ
delivery-next-time = Уйдёт, когда появится сеть.
delivery-receipts =
    { $count ->
        [one] Подписанная квитанция хранится здесь
        [few] Подписанные квитанции хранятся здесь
        [many] Подписанные квитанции хранятся здесь
       *[other] Подписанные квитанции хранятся здесь
    }
delivery-result =
    { $delivered ->
        [0] { $waiting ->
            [0] Готово. Отправлять было нечего.
            [one] Ждёт ещё { $waiting } часть.
            [few] Ждут ещё { $waiting } части.
            [many] Ждут ещё { $waiting } частей.
           *[other] Ждут ещё { $waiting } части.
        }
        [one] Готово. Принята { $delivered } часть.
        [few] Готово. Приняты { $delivered } части.
        [many] Готово. Принято { $delivered } частей.
       *[other] Готово. Принято { $delivered } части.
    }
delivery-result-reports =
    { $reports ->
        [one] Новая или изменённая: { $reports } запись.
        [few] Новые или изменённые: { $reports } записи.
        [many] Новые или изменённые: { $reports } записей.
       *[other] Новые или изменённые: { $reports } записи.
    }

courier-title = Передать из рук в руки
courier-text = Если сети нет, сложите всё, что ждёт, в один запечатанный файл. Отвезти его на флешке или карте может кто угодно: открыть его он не сможет.
courier-desk-text = Прочитайте файл, который вам привезли, или сложите свои ответы в один запечатанный файл.
courier-out = Записать файл для курьера…
courier-in = Прочитать файл от курьера…
courier-out-done = Файл для курьера записан. Записи остаются в состоянии «ждёт», пока не дойдут до коалиции.
courier-in-done =
    { $reports ->
        [0] Файл прочитан. Нового в нём нет.
        [one] Файл прочитан. Новая или изменённая: { $reports } запись.
        [few] Файл прочитан. Новые или изменённые: { $reports } записи.
        [many] Файл прочитан. Новые или изменённые: { $reports } записей.
       *[other] Файл прочитан. Новые или изменённые: { $reports } записи.
    }
